import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import ServiceTestKit
import Testing

@testable import Contacts

/// What somebody may have read is overwritten by nobody who has not read it.
@Suite struct LostUpdateTests {
    private struct Place {
        let method: HTTP.Method
        let path: String
        let bodies: [String]
        /// The ETag of its first form; read unless given.
        var tag: String?
    }

    /// Everything that changes in place, each with three changes.
    @Loop
    private func places(_ service: TestService) async throws -> [Place] {
        let party = "/v1/parties/\(try await service.make("/v1/parties", #"{"name":"A"}"#).text)"
        let view = try await service.make("/v1/views", #"{"name":"v","definition":{}}"#)
        _ = try await service.send(.post, "/v1/fields", #"{"key":"size","label":"Size","type":"text"}"#)
        return [
            Place(method: .patch, path: party, bodies: ["B", "王", "D"].map { #"{"name":"\#($0)"}"# }),
            Place(
                method: .put, path: party + "/stage",
                bodies: ["lead", "loyal", "lost"].map { #"{"stage":"\#($0)","cause":"c"}"# }),
            Place(
                method: .put, path: party + "/benefit",
                bodies: ["process", "functional", "relationship"].map { #"{"declared":"\#($0)"}"# }),
            Place(
                method: .put, path: party + "/wallet",
                bodies: ["10", "20", "30"].map { #"{"currency":"GBP","yearlySpend":"\#($0)"}"# }),
            Place(
                method: .put, path: "/v1/value/weights",
                bodies: ["recency", "frequency", "monetary"].map { #"{"weights":{"\#($0)":1}}"# }),
            Place(
                method: .put, path: "/v1/views/\(view.text)",
                bodies: ["w", "x", "y"].map { #"{"name":"\#($0)","definition":{}}"# }),
            Place(
                method: .patch, path: "/v1/fields/size", bodies: ["S", "M", "L"].map { #"{"label":"\#($0)"}"# },
                tag: "\"1\""),
        ]
    }

    @Loop
    private func seen(_ place: Place, _ service: TestService) async throws -> [String: String] {
        guard let tag = place.tag else { return try await service.seen(place.path) }
        return ["if-match": tag]
    }

    @Test @Loop func whoHasNotSeenTheLatestFormIsShownItBesideHisOwn() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        for place in try await places(service) {
            func change(_ number: Int, _ headers: [String: String]) async throws -> Answer {
                try await service.send(place.method, place.path, place.bodies[number], headers: headers)
            }
            let seen = try await seen(place, service)
            #expect(try await change(0, [:]).status == 428, "\(place.path)")
            let first = try await change(0, seen)
            #expect(first.status == 200, "\(place.path) \(first.text)")
            let late = try await change(1, seen)
            #expect(late.status == 412, "\(place.path) \(late.text)")
            #expect(late.headers["etag"] != nil && late.headers["etag"] == first.headers["etag"], "\(place.path)")
            #expect(late.text.contains(#""current":\#(first.text)"#), "\(late.text)")
            #expect(late.text.contains(#""yours":\#(place.bodies[1])"#), "\(late.text)")
            let again = try await change(2, ["if-match": late.headers["etag"] ?? ""])
            #expect(again.status == 200, "\(place.path) \(again.text)")
        }
    }

    @Test @Loop func ofSeveralWhoSawTheSameOneChangesIt() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        for place in try await places(service) {
            let seen = try await seen(place, service)
            let changes = place.bodies.map { body in
                Task { @Loop in try await service.send(place.method, place.path, body, headers: seen).status }
            }
            var answers: [Int] = []
            for change in changes { answers.append(try await change.value) }
            #expect(answers.sorted() == [200, 412, 412], "\(place.path)")
        }
    }

    @Test @Loop func aMergeIntoAPartyThatChangedShowsItAsItIs() async throws {
        let two = try await TwoCustomers()
        defer { two.service.close() }
        let path = "/v1/parties/\(two.first.text)"
        let seen = try await two.service.seen(path)
        _ = try await two.service.send(.patch, path, #"{"title":"CEO"}"#, headers: seen)
        let merge = #"{"mergedId":"\#(two.second.text)"}"#
        let keyed = seen.merging(["idempotency-key": "k"]) { $1 }
        let late = try await two.service.send(.post, path + "/merges", merge, headers: keyed)
        let shown = try await two.service.send(.get, path)
        #expect(late.status == 412 && late.headers["etag"] == shown.headers["etag"], "\(late.text)")
        #expect(late.text.contains(#""current":\#(shown.text)"#) && late.text.contains(#""yours":\#(merge)"#))
        let known = ["if-match": shown.headers["etag"] ?? "", "idempotency-key": "k"]
        let merged = try await two.service.send(.post, path + "/merges", merge, headers: known)
        #expect(merged.status == 201, "\(merged.text)")
    }
}
