import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Rapport

/// The desk at which the people of the story work: the services over HTTP, and their ERP and carrier.
@Loop
struct StoryDesk {
    private let state: SuiteState
    private let player: ERPPlayer
    /// The day of the story: the demo's own time, behind the last that was played.
    let day: Date

    init(_ state: SuiteState, _ player: ERPPlayer, day: Date) {
        self.state = state
        self.player = player
        self.day = day
    }

    // MARK: People

    /// Asks a service, and reads its answer.
    func ask<T: Decodable>(_ service: String, _ path: String, as type: T.Type) async throws -> T {
        try JSONDecoder().decode(type, from: Data(try await ServiceProbe(service, state).get(path)))
    }

    /// Does something; the same key is the same deed, however often it is sent.
    @discardableResult
    func act(
        _ service: String, _ path: String, _ json: String = "", by method: HTTP.Method = .post, key: String? = nil,
        seen: String? = nil
    ) async throws -> [UInt8] {
        var headers: Headers = [:]
        if let key { headers.add("idempotency-key", "story-\(key)") }
        if let seen { headers.add("if-match", seen) }
        return try await ServiceProbe(service, state).send(method, path, json, headers).body
    }

    /// Makes something and gives its id.
    func make(_ service: String, _ path: String, _ json: String = "", key: String) async throws -> String {
        struct Made: Decodable { let id: String }
        return try JSONDecoder().decode(Made.self, from: Data(try await act(service, path, json, key: key))).id
            .lowercased()
    }

    /// The tag of something as it is now, for who is going to change it.
    func tag(_ service: String, _ path: String) async throws -> String {
        try await ServiceProbe(service, state).send(.get, path, "", [:]).headers["etag"] ?? ""
    }

    /// Waits for what others do; what they have not done yet may be refused.
    func until(_ what: String, _ isDone: () async throws -> Bool) async throws {
        let deadline = Loop.now + .seconds(60)
        while (try? await isDone()) != true {
            guard Loop.now < deadline else { throw SuiteError("the story waits for \(what)") }
            try await Loop.sleep(for: .milliseconds(200))
        }
    }

    /// Where something is to be seen.
    func address(_ service: String, _ path: String) throws -> String {
        try ServiceProbe(service, state).address + path
    }

    // MARK: The ERP and its carrier

    /// Tells something on a day of the story, counted from its first one.
    func tell(
        _ topic: Topic, _ type: String, key: String, id: String, after days: Double = 0,
        _ write: (inout JSONText) -> Void
    ) async throws {
        var json = JSONText()
        write(&json)
        try await player.publish(
            ShopEvent(
                topic: topic, key: key, id: "story-\(id)", type: type, time: time(days), data: json.finish()))
        try await player.finish()
    }

    /// A day of the story as RFC 3339.
    func time(_ days: Double) -> String { RFC3339.string(day.addingTimeInterval(days * 86_400)) }
}
