import CRMModel
import Campaigns
import Contacts
import EventLoop
import FoundationEssentials
import HTTP
import Kafka
import Messaging
import Notifications
import Sales
import ServiceKit
import ServiceTestKit
import TestKit
import Testing
import Tickets

/// A message is applied everywhere or put aside everywhere, with the same class and words.
@Suite struct OneJudgementTests {
    private static let definitions: [any ServiceDefinition.Type] = [
        ContactsService.self, SalesService.self, CampaignsService.self, TicketsService.self, NotificationsService.self,
    ]

    /// What became of a log in one service.
    @Loop
    private final class Reader {
        let service: TestService
        let name: String
        private(set) var topics: Set<String> = []
        /// Why messages were put aside, by their place.
        private(set) var refused: [String: String] = [:]
        private(set) var unknown: [String: Int] = [:]

        init(_ definition: any ServiceDefinition.Type, _ log: WrittenLog, seed: UInt64) async throws {
            name = definition.name
            service = try await TestService(definition)
            topics = Set(service.parts.subscriptions.topics.map(\.name))
            let (figures, problems) = try await service.read(log, as: definition.name, seed: seed)
            unknown = figures.unknown
            #expect(problems.isEmpty, "\(definition.name): \(problems.prefix(5))")
            let letters = try await service.column(
                "SELECT topic || ' ' || part || ' ' || off || E'\\t' || error_class || ': ' || error_text FROM dead_letter"
            )
            for letter in letters {
                let parts = letter.split(separator: "\t", maxSplits: 1)
                refused[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
            }
        }

        func rows(_ sql: String) async throws -> Set<String> { Set(try await service.column(sql)) }
    }

    private func place(_ record: KafkaRecord) -> String {
        "\(record.origin.topic) \(record.origin.partition) \(record.offset)"
    }

    /// What the contract alone says of a message: nothing where it is to be applied or passed over.
    private func verdict(_ record: KafkaRecord) -> String? {
        do {
            let event = try Event(record)
            guard let contract = EventContract.named(event.type) else {
                return record.isTombstone ? nil : "unknown-type"
            }
            try contract.check(topic: record.origin.topic)
            try contract.check(version: event.version)
            if record.isTombstone { return "decode" }
            try contract.check(event.withData { Array($0) })
            return nil
        } catch {
            return "decode: \(error)"
        }
    }

    @Test(.timeLimit(.minutes(3))) @Loop func whatOneServiceRefusesAllRefuse() async throws {
        let seed = UInt64.random(in: 0...9_999)
        print("hostile documents of seed \(seed)")
        let documents = HostileDocuments(seed: seed, count: 10_000)
        var readers: [Reader] = []
        for definition in Self.definitions { readers.append(try await Reader(definition, documents.log, seed: seed)) }
        defer { for reader in readers { reader.service.close() } }
        var counts = (applied: 0, refused: 0, faults: 0)
        for record in documents.log.all.values.joined() {
            let place = place(record)
            let mine = readers.filter { $0.topics.contains(record.origin.topic) }
            let verdicts = Set(mine.map { $0.refused[place] ?? "-" })
            if verdicts == ["-"] { counts.applied += 1 } else { counts.refused += 1 }
            let expected = verdict(record)
            let isAsJudged = mine.allSatisfy { reader in
                switch (reader.refused[place], expected) {
                case (nil, nil): true
                // What is kept of the words has an end.
                case (let words?, let expected?): words.utf8.starts(with: expected.utf8.prefix(3000))
                default: false
                }
            }
            if verdicts.count > 1 || !isAsJudged, counts.faults < 20 {
                counts.faults += 1
                let said = mine.map { "\($0.name): \($0.refused[place] ?? "-")" }.joined(separator: " | ")
                let value = String(decoding: (record.value ?? []).prefix(600), as: UTF8.self)
                Issue.record("\(place): judged \(expected ?? "-"); \(said); \(value)")
            }
        }
        print("applied or passed over \(counts.applied), put aside \(counts.refused)")
        #expect(counts.applied > 4000 && counts.refused > 2500)
        let classes = Set(
            readers.flatMap { $0.refused.values.map { $0.split(separator: ":").first.map(String.init) ?? "" } })
        #expect(classes == ["decode", "unknown-type"], "\(classes)")
        // All five count the type that nobody knows, and put it aside as one group.
        for reader in readers {
            let counted = reader.unknown["erp.order.admired"] ?? 0
            let aside = reader.refused.values.count { $0.contains("of the type erp.order.admired;") }
            #expect(counted > 50 && counted == aside, "\(reader.name): \(counted) counted, \(aside) put aside")
        }
        try await hold(readers)
    }

    // MARK: What was applied is the same

    @Loop private func hold(_ readers: [Reader]) async throws {
        let (contacts, sales, campaigns, tickets) = (readers[0], readers[1], readers[2], readers[3])
        let ledger = """
            SELECT concat_ws('|', kind, id, party_id, at, currency, total, status, is_cancelled, lines) FROM erp_document
            """
        let documents = try await contacts.rows(ledger)
        #expect(documents.count > 1500)
        same(documents, try await sales.rows(ledger), "ledgers of contacts and sales")
        same(documents, try await campaigns.rows(ledger), "ledgers of contacts and campaigns")
        same(
            try await contacts.rows(
                """
                SELECT concat_ws('|', id, coalesce(party_id, '00000000-0000-0000-0000-000000000000'), at, currency, total)
                FROM erp_document WHERE kind = 'order'
                """),
            try await tickets.rows(
                "SELECT concat_ws('|', id, party_id, placed_at, currency, total) FROM customer_order"),
            "orders of contacts and tickets")
        same(
            try await contacts.rows(
                """
                SELECT concat_ws('|', party_id, currency, revenue, credited) FROM party_value
                WHERE (orders, revenue, credits, credited) <> (0, 0, 0, 0)
                """),
            try await sales.rows(
                """
                SELECT concat_ws('|', account_id, currency, revenue, credited) FROM account_revenue
                WHERE (orders, revenue, credits, credited) <> (0, 0, 0, 0)
                """), "sums of customers in contacts and sales")
        same(
            try await contacts.rows("SELECT DISTINCT reference FROM touch WHERE kind LIKE 'shipment.%'"),
            try await tickets.rows("SELECT id FROM shipment WHERE party_id IS NOT NULL"),
            "shipments of contacts and tickets")
        same(
            try await contacts.rows("SELECT concat_ws('|', sku, name, category) FROM product_name"),
            try await campaigns.rows(
                "SELECT concat_ws('|', sku, name, category) FROM product WHERE price IS NOT NULL OR name <> sku"),
            "products of contacts and campaigns", mayMiss: true)
        same(
            try await contacts.rows(
                """
                SELECT concat_ws('|', d.id, l.value->>0, l.value->>1, l.value->>2) FROM document_detail d
                JOIN erp_document e ON e.id = d.id AND e.kind = d.kind AND NOT e.is_cancelled
                CROSS JOIN LATERAL jsonb_array_elements(d.lines) AS l WHERE d.kind = 'order'
                """),
            try await campaigns.rows("SELECT concat_ws('|', order_id, sku, quantity, revenue) FROM order_item"),
            "lines of contacts and campaigns")
        // The sums of the customer who bought at the bound have stopped there, and are shown.
        let rich = ExternalID.party(customerNo: "rich").uuidString.lowercased()
        #expect(
            try await contacts.rows("SELECT revenue::text FROM party_value WHERE party_id = '\(rich)'")
                == ["4611686018427387903"])
        for path in ["/v1/parties/\(rich)/value", "/v1/parties/\(rich)/timeline", "/v1/ledger/totals"] {
            let answer = try await contacts.service.send(.get, path)
            #expect(answer.status == 200, "\(path): \(answer.text.prefix(300))")
        }
    }

    private func same(_ one: Set<String>, _ other: Set<String>, _ what: String, mayMiss: Bool = false) {
        let only = (one.subtracting(other).sorted(), mayMiss ? [] : other.subtracting(one).sorted())
        #expect(!one.isEmpty, "no \(what)")
        #expect(only.0.isEmpty && only.1.isEmpty, "\(what): \(only.0.prefix(5)) against \(only.1.prefix(5))")
    }
}
