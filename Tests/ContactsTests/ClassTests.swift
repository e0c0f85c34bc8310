import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import ServiceKit
import ServiceTestKit
import Testing

@testable import Contacts

/// The classes of customers, as others hear of them.
@Suite struct ClassTests {
    @Test @Loop func classesAreToldWhenTheyChangeAndNotMoreThanABoundAtOnce() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let customers = (0..<ClassTeller.most + 50).map { "C\($0)" }
        func buy(_ numbers: ArraySlice<String>, _ name: String, total: String) async throws {
            let entries = try numbers.map {
                LedgerEntry(.order, try .order("\(name)-\($0)", customer: $0, at: "2026-01-05T08:00:00Z", total: total))
            }
            try await service.transaction { try await ValueHandlers.apply(entries, $0) }
            try await ValueScale.refresh(service.context)
        }
        try await buy(customers[...], "a", total: "10")
        let teller = ClassTeller(service.context)
        func told() async throws -> Int {
            let count = "SELECT count(*)::text FROM outbox WHERE type = 'contacts.classes.changed.v1'"
            return Int(try await service.column(count)[0]) ?? 0
        }
        try await teller.step()
        #expect(try await told() == ClassTeller.most)
        for _ in 0..<3 { try await teller.step() }
        #expect(try await told() == customers.count)
        // Nothing changes, nothing is told.
        for _ in 0..<3 { try await teller.step() }
        #expect(try await told() == customers.count)
        try await buy(customers.prefix(1), "b", total: "5000")
        for _ in 0..<3 { try await teller.step() }
        let first = ExternalID.party(customerNo: "C0").text
        let payload = try await service.column(
            "SELECT payload FROM outbox WHERE topic = 'crm.party-classes' AND key = '\(first)' ORDER BY id DESC LIMIT 1"
        )
        let last = try ModelJSON.decoder.decode(ClassesChanged.self, from: Data(payload[0].utf8))
        #expect(last.abc == "A" && last.monetary == 5 && last.frequency == 5 && last.currency == "GBP", "\(last)")
        #expect(last.risk == nil && last.quadrant == nil && last.level == nil)
        #expect(try await service.faultsOfEvents() == [])
        // Who has bought nothing any more leaves the topic.
        let cancelled = ["a-C0", "b-C0"].compactMap {
            try? LedgerEntry(
                .order, .order($0, customer: "C0", at: "2026-01-05T08:00:00Z", total: "10"), isCancelled: true)
        }
        try await service.transaction { try await ValueHandlers.apply(cancelled, $0) }
        for _ in 0..<3 { try await teller.step() }
        let end =
            "SELECT coalesce(payload, 'ended') FROM outbox WHERE topic = 'crm.party-classes' AND key = '\(first)' ORDER BY id DESC LIMIT 1"
        #expect(try await service.column(end) == ["ended"])
    }
}
