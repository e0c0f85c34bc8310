import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Rapport

/// What people do that must not be done twice: quotes accepted, campaigns sent, consents withdrawn, persons erased.
@Loop
final class LivesDeeds {
    /// An accepted quote and what the ERP was asked under.
    private(set) var requests: [UUID: UUID] = [:]
    /// Campaigns by name.
    private(set) var campaigns: [String: UUID] = [:]
    /// Those who allowed mail and took it back.
    private(set) var withdrawn: [UUID] = []
    /// Those who allow mail all the time.
    private(set) var willing: [UUID] = []
    /// Erased persons with the word that nobody may read any more.
    private(set) var erased: [(id: UUID, secret: String)] = []
    /// What went otherwise than it must.
    private(set) var faults: [String] = []
    private let clients: ChaosClients
    private let seed: UInt64

    init(_ clients: ChaosClients, seed: UInt64) {
        self.clients = clients
        self.seed = seed
        for number in stride(from: 0, to: 120, by: 3) {
            let party = ExternalID.party(customerNo: "C\(seed)-\(number)")
            if number % 6 == 0 { withdrawn.append(party) } else { willing.append(party) }
        }
    }

    // MARK: Orders

    /// Makes quotes and accepts them.
    func order(_ numbers: ClosedRange<Int>) async throws {
        for number in numbers {
            let party = ExternalID.party(customerNo: "C\(seed)-\(number)").text
            guard
                let opportunity = try await made(
                    "sales", "/v1/opportunities", #"{"name":"Deed \#(seed) \#(number)","partyId":"\#(party)"}"#),
                let quote = try await made(
                    "sales", "/v1/opportunities/\(opportunity.text)/quotes",
                    #"{"currency":"EUR","lines":[{"sku":"P1","name":"Lamp","quantity":"2","unitPrice":"3.50"}]}"#),
                let request = try await made("sales", "/v1/quotes/\(quote.text)/accept", "")
            else { continue }
            requests[quote] = request
        }
    }

    /// Accepts all of them once more: none is, or it is the same request.
    func orderAgain() async throws {
        for (quote, request) in requests {
            let answer = await clients.send(
                "sales", .post, "/v1/quotes/\(quote.text)/accept", "", [:], attempts: 100, accepting: [404])
            if let id = answer.flatMap(Self.id), id != request {
                faults.append("quote \(quote.text) was ordered as \(request.text), and again as \(id.text)")
            }
        }
    }

    // MARK: Mail

    /// Launches a campaign to all who have ordered nothing lately.
    func mail(_ name: String) async throws {
        let content = #"{"en":{"subject":"Hello \#(name)","body":"New things"}}"#
        let plan = #"{"name":"Deed \#(seed) \#(name)","segment":"inactive","content":\#(content)}"#
        guard let id = try await made("campaigns", "/v1/campaigns", plan) else { return }
        campaigns[name] = id
        _ = await clients.send(
            "campaigns", .post, "/v1/campaigns/\(id.text)/launch", "", ["idempotency-key": "\"launch \(id.text)\""])
    }

    /// Lets campaigns go on that stand still, and waits until all have asked.
    func endCampaigns() async throws {
        for (name, id) in campaigns {
            let deadline = Loop.now + .seconds(60)
            while true {
                let answer = await clients.send(
                    "campaigns", .get, "/v1/campaigns/\(id.text)", "", [:], accepting: [404])
                let status = answer.flatMap { try? JSONDecoder().decode(Status.self, from: Data($0.body)).status }
                if status == "completed" { break }
                if status == "halted" || status == "draft" {
                    let word = status == "draft" ? "launch" : "resume"
                    _ = await clients.send("campaigns", .post, "/v1/campaigns/\(id.text)/\(word)", "", [:], attempts: 1)
                }
                guard Loop.now < deadline else {
                    faults.append("the \(name) campaign is \(status ?? "unknown") after a minute")
                    break
                }
                try await Loop.sleep(for: .milliseconds(300))
            }
        }
    }

    /// Some who allowed mail take it back.
    func withdraw() async throws {
        let body = #"{"channel":"mail","purpose":"marketing","granted":false}"#
        for party in withdrawn {
            let path = "/v1/parties/\(party.text)/consents"
            if await clients.send("contacts", .put, path, body, [:]) == nil {
                faults.append("the withdrawal of \(party.text) was not taken")
            }
        }
    }

    // MARK: Erasure

    /// Makes persons and has them forgotten.
    func erase() async throws {
        for number in 1...5 {
            let secret = "forgotten\(seed)x\(number)"
            let body = #"{"name":"Deed \#(secret)","kind":"consumer","email":"\#(secret)@example.com"}"#
            guard let id = try await made("contacts", "/v1/parties", body) else { continue }
            guard try await made("contacts", "/v1/parties/\(id.text)/erasures", #"{"by":"rig"}"#) != nil else {
                continue
            }
            erased.append((id, secret))
        }
    }

    // MARK: Requests

    private struct Status: Decodable { let status: String }
    private struct Made: Decodable { let id: UUID }

    private static func id(_ answer: ClientResponse) -> UUID? {
        try? JSONDecoder().decode(Made.self, from: Data(answer.body)).id
    }

    private var asked = 0

    private func made(_ service: String, _ path: String, _ body: String) async throws -> UUID? {
        asked += 1
        let key = ["idempotency-key": "\"deed \(seed) \(asked)\""]
        let answer = await clients.send(service, .post, path, body, key)
        guard let id = answer.flatMap(Self.id) else {
            faults.append(
                "\(path) was not answered: \(answer.map { String(decoding: $0.body, as: UTF8.self) } ?? "nothing")")
            return nil
        }
        return id
    }
}
