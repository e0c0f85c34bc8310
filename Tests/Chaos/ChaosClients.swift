import Demo
import EventLoop
import FoundationEssentials
import HTTP
import Rapport

/// Plays people who create and change things over HTTP under attack, and remembers what was acknowledged.
@Loop
final class ChaosClients {
    /// A thing that was asked for.
    struct Thing {
        let service: String
        /// The name that only this one has; of a changed party the last name acknowledged.
        var name: String
        /// Nil where no answer ever came: then it is there once or not at all.
        var id: String?
        var version = 1
        var isResolved = false
        /// Whether a command on it was given up without an answer.
        var isUncertain = false
    }

    /// All things, by kind.
    private(set) var parties: [Thing] = []
    private(set) var leads: [Thing] = []
    private(set) var tickets: [Thing] = []
    /// Commands that were answered with success.
    private(set) var acknowledged = 0
    /// Commands given up without an answer.
    private(set) var abandoned = 0
    /// Requests sent again.
    private(set) var repeats = 0
    /// Answers that nobody should get.
    private(set) var wrong: [String] = []
    private let fleet: Fleet
    private let seed: UInt64
    private var random: SeededGenerator
    private let http: HTTPClient
    private var made = 0
    private var isAsked = false
    /// Parties and tickets that a command is under way on.
    private var busy: Set<String> = []

    init(_ fleet: Fleet, seed: UInt64) throws {
        self.fleet = fleet
        self.seed = seed
        random = SeededGenerator("clients\n\(seed)")
        http = try HTTPClient(connectionsPerHost: 8)
    }

    func stop() { isAsked = true }

    /// Lets some people work until they are asked to stop; each ends the command under way.
    func play(people: Int) async {
        let tasks = (0..<people).map { _ in Task { @Loop in await work() } }
        for task in tasks { await task.value }
    }

    private func work() async {
        while !isAsked {
            switch random.next() % 100 {
            case 0..<35: await createParty()
            case 35..<65: await changeParty()
            case 65..<80: await createLead()
            case 80..<92: await createTicket()
            default: await resolveTicket()
            }
            try? await Loop.sleep(for: .milliseconds(20 + Int(random.next() % 60)))
        }
    }

    // MARK: Commands

    private func nextName(_ kind: String) -> String {
        made += 1
        return "Rig \(seed) \(kind) \(made)"
    }

    private func createParty() async {
        let name = nextName("party")
        let body = #"{"name":"\#(name)","kind":"consumer","email":"r\#(seed)-\#(made)@example.com"}"#
        parties.append(await created("contacts", "/v1/parties", name, body))
    }

    private func createLead() async {
        let name = nextName("lead")
        leads.append(await created("sales", "/v1/leads", name, #"{"name":"\#(name)","company":"Rig Ltd"}"#))
    }

    private func createTicket() async {
        let name = nextName("ticket")
        let known = parties.filter { $0.id != nil }
        let party = known.isEmpty ? "" : #","partyId":"\#(random.pick(known).id ?? "")""#
        tickets.append(await created("tickets", "/v1/tickets", name, #"{"subject":"\#(name)"\#(party)}"#))
    }

    private func created(_ service: String, _ path: String, _ name: String, _ body: String) async -> Thing {
        struct Made: Decodable { let id: String }
        var thing = Thing(service: service, name: name)
        guard let answer = await send(service, .post, path, body, ["idempotency-key": "\"\(name)\""]) else {
            return thing
        }
        thing.id = (try? JSONDecoder().decode(Made.self, from: Data(answer.body)))?.id.lowercased()
        return thing
    }

    /// Changes a party's name. A change carries no key: whoever got no answer reads again and sees whether it was done.
    private func changeParty() async {
        guard let index = free(parties), let id = parties[index].id else { return }
        busy.insert(id)
        defer { busy.remove(id) }
        let path = "/v1/parties/\(id)"
        let name = "\(parties[index].name.split(separator: " v").first ?? "") v\(parties[index].version + 1)"
        let match = { (version: Int) in ["if-match": "\"\(version)\""] }
        for _ in 0..<100 {
            let sent = await send(
                "contacts", .patch, path, #"{"name":"\#(name)"}"#, match(parties[index].version), attempts: 1,
                accepting: [412])
            if sent?.status == .ok { break }
            // Unanswered, or a copy of it came through before: what is stored decides.
            guard let seen = await send("contacts", .get, path, "", [:]) else { continue }
            if String(decoding: seen.body, as: UTF8.self).contains("\"\(name)\"") { break }
        }
        guard let seen = await send("contacts", .get, path, "", [:]),
            String(decoding: seen.body, as: UTF8.self).contains("\"\(name)\"")
        else {
            parties[index].isUncertain = true
            return
        }
        parties[index].name = name
        parties[index].version += 1
    }

    private func resolveTicket() async {
        guard let index = free(tickets.map { $0.isResolved ? Thing(service: "", name: "") : $0 }),
            let id = tickets[index].id
        else { return }
        busy.insert(id)
        defer { busy.remove(id) }
        let key = ["idempotency-key": "\"resolve \(id)\""]
        tickets[index].isResolved = true
        if await send("tickets", .post, "/v1/tickets/\(id)/resolve", "", key) == nil {
            tickets[index].isUncertain = true
        }
    }

    /// One of the things that are known, certain and not under way.
    private func free(_ things: [Thing]) -> Int? {
        let free = things.indices.filter { index in
            let thing = things[index]
            return !thing.isUncertain && thing.id.map { !busy.contains($0) } ?? false
        }
        return free.isEmpty ? nil : random.pick(free)
    }

    // MARK: Requests

    /// Sends a request to any instance until it is answered; nil where it is given up.
    func send(
        _ service: String, _ method: HTTP.Method, _ path: String, _ json: String, _ headers: [String: String],
        attempts: Int = 400, accepting: Set<Int> = []
    ) async -> ClientResponse? {
        for attempt in 0..<attempts {
            let instance = random.pick(fleet.instances.filter { $0.service == service })
            let port = fleet.state.programs[instance.name]?.port ?? 0
            var request = ClientRequest(method, "http://127.0.0.1:\(port)\(path)", timeout: .seconds(4))
            if !json.isEmpty { request.headers.add("content-type", "application/json") }
            for (name, value) in headers { request.headers.add(name, value) }
            request.body = Array(json.utf8)
            if attempt > 0 { repeats += 1 }
            if let answer = try? await http.send(request) {
                let status = answer.status.rawValue
                if (200..<300).contains(status) || accepting.contains(status) {
                    if method != .get, status < 300 { acknowledged += 1 }
                    return answer
                }
                // 409: the first request with this key is still under way.
                if ![409, 429, 503].contains(status) {
                    wrong.append(
                        "\(method.rawValue) \(path) was answered \(status):"
                            + " \(String(decoding: answer.body.prefix(200), as: UTF8.self))")
                    return nil
                }
            }
            // Some people lose patience, and the ledger keeps it open whether it was done.
            if attempts > 1, method != .get, attempt >= 2, random.fraction() < 0.02 {
                abandoned += 1
                return nil
            }
            try? await Loop.sleep(for: .milliseconds(50 + Int(random.next() % 150)))
        }
        return nil
    }
}
