import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Kafka
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Contacts
@testable import Messaging

/// What an ERP and the other services tell, as processes of contacts meet it: each has customers of its own, as partitions have, and
/// documents move between customers of all.
private struct Script {
    /// What counts of a document in the end: the state that was told last.
    struct State: Equatable {
        let customer: String
        let units: Int
        let isCancelled: Bool
    }

    static let processes = 3
    private(set) var last: [String: State] = [:]
    private var random: SeededGenerator
    private var number = 0

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    static func party(_ number: Int) -> UUID { ExternalID.party(customerNo: "C\(number)") }

    private mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

    /// A batch of one of the processes.
    mutating func batch(of process: Int) -> [KafkaRecord] {
        (0..<(5 + pick(30))).map { _ in
            number += 1
            let customer = pick(5) * Self.processes + process
            switch pick(20) {
            case 0: return upsert(customer)
            case 1, 2: return lead(pick(5 * Self.processes))
            case 3: return survey(pick(5 * Self.processes))
            case 4: return message(pick(5 * Self.processes))
            default: return document(customer)
            }
        }
    }

    private mutating func document(_ customer: Int) -> KafkaRecord {
        let kinds = [
            ("order", "erp.order.placed.v1"), ("order", "erp.order.changed.v1"), ("order", "erp.order.cancelled.v1"),
            ("credit", "erp.credit.issued.v1"), ("payment", "erp.payment.received.v1"),
        ]
        let (kind, type) = kinds[pick(kinds.count)]
        let id = "\(kind.prefix(1).uppercased())\(pick(60))"
        let price = 1 + pick(900)
        let day = 10 + pick(18)
        last["\(kind) \(id)"] = State(
            customer: "C\(customer)", units: price * 10_000, isCancelled: type.contains("cancelled"))
        let names = ["order": ("orderId", "placedAt"), "credit": ("creditId", "issuedAt")]
        let (idName, timeName) = names[kind] ?? ("paymentId", "receivedAt")
        let amount = kind == "payment" ? "amount" : "total"
        return record(
            "erp.orders", key: "C\(customer)", type,
            """
            {"\(idName)":"\(id)","customerNo":"C\(customer)","status":"placed","\(timeName)":"2011-01-\(day)T10:00:00Z",
            "currency":"GBP","\(amount)":"\(price)","lines":[]}
            """)
    }

    private mutating func upsert(_ customer: Int) -> KafkaRecord {
        record(
            "erp.customers", key: "C\(customer)", "erp.customer.upserted.v1",
            """
            {"customerNo":"C\(customer)","name":"Customer \(pick(3))","email":"c\(customer)@example.com",
            "marketingConsent":\(pick(2) == 0)}
            """)
    }

    private func lead(_ customer: Int) -> KafkaRecord {
        record(
            "crm.sales", key: "lead \(number)", "sales.lead.created.v1",
            """
            {"lead":{"leadId":"\(UUID().uuidString)","status":"new","name":"L\(number)",
            "partyId":"\(Self.party(customer).text)"}}
            """)
    }

    private func survey(_ customer: Int) -> KafkaRecord {
        record(
            "crm.tickets", key: "ticket \(number)", "tickets.survey.answered.v1",
            """
            {"ticketId":"\(UUID().uuidString)","partyId":"\(Self.party(customer).text)","survey":"csat","score":4}
            """)
    }

    private func message(_ customer: Int) -> KafkaRecord {
        record(
            "channel.interactions", key: "c\(customer)@example.com", "channel.message.received.v1",
            """
            {"interactionId":"m\(number)","at":"2011-01-05T10:00:00Z","email":"c\(customer)@example.com"}
            """)
    }

    private func record(_ topic: String, key: String, _ type: String, _ data: String) -> KafkaRecord {
        let time = RFC3339.string(Date(timeIntervalSince1970: 1_300_000_000 + Double(number)))
        let headers = [
            ("ce_specversion", "1.0"), ("ce_id", "e\(number)"), ("ce_source", "/test"), ("ce_type", type),
            ("ce_time", time),
        ]
        return KafkaRecord(
            origin: TopicPartition(topic: topic, partition: 0), offset: Int64(number), key: Array(key.utf8),
            value: Array(data.utf8), headers: headers.map { ($0.0, Array($0.1.utf8)) })
    }
}

/// Contacts with several processes that apply batches, people who merge, and all that works in the background.
@Loop
private final class Crowd {
    let service: TestService
    private(set) var repeats = 0
    private(set) var merges = 0
    private(set) var undone = 0
    private(set) var refused: [String] = []
    private var random: SeededGenerator
    private var isDone = false

    init(seed: UInt64) async throws {
        service = try await TestService(ContactsService.self)
        random = SeededGenerator(seed: seed &+ 1)
    }

    private func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

    /// Applies batches one after the other, as the consumer of one process does.
    func apply(_ batches: [[KafkaRecord]]) async throws {
        let connection = try await PostgresConnection.open(service.options)
        defer { connection.close() }
        let subscriptions = service.parts.subscriptions
        for records in batches {
            let items = records.map { subscriptions.prepare($0) }
            while true {
                do {
                    try await connection.transaction { transaction in
                        var batch = BatchApplication(group: "contacts", items: items[...])
                        try await batch.apply(in: transaction)
                        #expect(batch.counts.applied == items.count, "\(batch.counts)")
                    }
                    break
                } catch let error as PostgresError where error.sqlState == "40001" || error.sqlState == "40P01" {
                    repeats += 1
                }
            }
        }
    }

    func end() { isDone = true }

    /// People merge, take back, decide and relate until it ends.
    func work() async throws {
        var made: [UUID] = []
        while !isDone {
            let (one, other) = (party(), party())
            switch pick(6) {
            case 0, 1:
                if let merge = try await merge(one, other) { made.append(merge) }
            case 2 where !made.isEmpty:
                let merge = made.remove(at: pick(made.count))
                if try await send(.post, "/v1/merges/\(merge.text)/undo", "{}") == 200 { undone += 1 }
            case 3:
                let said = #"{"channel":"mail","purpose":"marketing","granted":\#(pick(2) == 0)}"#
                _ = try await send(.put, "/v1/parties/\(one.text)/consents", said)
            case 4: _ = try await send(.put, "/v1/parties/\(one.text)/relations/refers/\(other.text)", "{}")
            default:
                let path = "/v1/parties/\(one.text)"
                let tag = try await service.send(.get, path).headers["etag"] ?? "\"1\""
                _ = try await send(.patch, path, #"{"notes":"\#(pick(99))"}"#, headers: ["if-match": tag])
            }
        }
    }

    /// Duplicates, touches, stages and search terms are looked at until it ends.
    func watch() async throws {
        let finder = DuplicateFinder(service.context)
        let indexer = PartyIndexer(service.context)
        while !isDone {
            _ = try await finder.look()
            _ = try await indexer.step()
            try await Loop.sleep(for: .milliseconds(5))
        }
    }

    private func party() -> UUID { Script.party(pick(5 * Script.processes)) }

    private func merge(_ merged: UUID, _ survivor: UUID) async throws -> UUID? {
        guard merged != survivor else { return nil }
        let path = "/v1/parties/\(survivor.text)"
        // Orders raise the version all the time.
        for _ in 0..<5 {
            guard let tag = try await service.send(.get, path).headers["etag"] else { return nil }
            let body = #"{"mergedId":"\#(merged.text)"}"#
            let answer = try await service.send(.post, path + "/merges", body, headers: ["if-match": tag])
            note(answer, path)
            if answer.status == 201 {
                merges += 1
                return UUID(text: try answer.json(Made.self).id)
            }
            if answer.status != 412 { return nil }
        }
        return nil
    }

    private struct Made: Decodable { let id: String }

    private func send(
        _ method: HTTP.Method, _ path: String, _ body: String, headers: [String: String] = [:]
    ) async throws -> Int {
        let answer = try await service.send(method, path, body, headers: headers)
        note(answer, path)
        return answer.status
    }

    private func note(_ answer: Answer, _ path: String) {
        if answer.status >= 500 || answer.status == 405 { refused.append("\(path): \(answer.text)") }
    }

    /// How often the server found that transactions wait in a circle.
    func deadlocks() async throws -> Int {
        // A session tells its counts when it has been idle for a moment.
        try await Loop.sleep(for: .milliseconds(1200))
        let text = try await service.column(
            "SELECT deadlocks::text FROM pg_stat_database WHERE datname = current_database()")
        return Int(text.first ?? "") ?? -1
    }
}

@Suite(.serialized) struct LockOrderTests {
    @Test(arguments: [1, 2, 3]) @Loop
    func processesThatMeetTheSamePartiesNeverWaitInACircle(seed: UInt64) async throws {
        let crowd = try await Crowd(seed: seed)
        defer { crowd.service.close() }
        var script = Script(seed: seed)
        var batches: [[[KafkaRecord]]] = Array(repeating: [], count: Script.processes)
        for _ in 0..<60 {
            for process in batches.indices { batches[process].append(script.batch(of: process)) }
        }
        let processes = batches.map { own in Task { @Loop in try await crowd.apply(own) } }
        let others = [
            Task { @Loop in try await crowd.work() }, Task { @Loop in try await crowd.work() },
            Task { @Loop in try await crowd.watch() }, Task { @Loop in try await crowd.watch() },
        ]
        do { for process in processes { try await process.value } } catch { Issue.record(error, "seed \(seed)") }
        crowd.end()
        do { for other in others { try await other.value } } catch { Issue.record(error, "seed \(seed)") }
        let circles = try await crowd.deadlocks()
        #expect(circles == 0)
        if circles > 0 { print(try await Self.circlesInLog()) }
        print("seed \(seed): \(crowd.merges) merges, \(crowd.undone) undone, \(crowd.repeats) batches applied again")
        #expect(crowd.merges > 3 && crowd.refused.isEmpty, "\(crowd.refused)")
        try await checkFigures(crowd.service, script)
    }

    /// What the server has written of circles: who waited for whom, with which statements.
    @Loop private static func circlesInLog() async throws -> String {
        let lines = (try await TestDatabase.serverLog() ?? "").split(separator: "\n")
        let places = lines.indices.filter { lines[$0].contains("deadlock detected") }
        return places.flatMap { lines[$0..<min($0 + 60, lines.count)] }.joined(separator: "\n")
    }

    /// The ledger is what was told last, the sums are the ledger's, and each party's events have one sequence without a gap.
    @Loop private func checkFigures(_ service: TestService, _ script: Script) async throws {
        let numbers = Dictionary(
            uniqueKeysWithValues: (0..<5 * Script.processes).map { (Script.party($0).text, "C\($0)") })
        var found: [String: Script.State] = [:]
        let rows = try await service.column(
            "SELECT concat_ws('|', kind || ' ' || id, coalesce(origin_id, party_id), total, is_cancelled) FROM erp_document"
        )
        for row in rows {
            let parts = row.split(separator: "|").map(String.init)
            found[parts[0]] = Script.State(
                customer: numbers[parts[1]] ?? parts[1], units: Int(parts[2]) ?? -1, isCancelled: parts[3] == "t")
        }
        #expect(found == script.last)
        #expect(try await service.column(ledgerDifferences).isEmpty)
        let gaps = try await service.column(
            """
            SELECT key FROM outbox WHERE topic = 'crm.contacts'
            GROUP BY key HAVING count(*) <> max(seq) OR count(DISTINCT seq) <> count(*)
            """)
        #expect(gaps.isEmpty)
        #expect(try await service.faultsOfEvents() == [])
    }
}
