import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import ServiceTestKit
import Testing

@testable import Contacts

@Suite struct ZoneTests {
    private func order(_ id: String, _ customer: String, _ at: String) throws -> LedgerEntry {
        LedgerEntry(.order, try .order(id, customer: customer, at: at))
    }

    /// Orders by the clocks of a zone: what months, days and hours they fall into.
    @Loop
    private func days(_ zone: String, _ orders: [String]) async throws -> [String] {
        let service = try await TestService(ContactsService.self, settings: ["FIRM_ZONE": zone])
        defer { service.close() }
        let entries = try orders.enumerated().map { try order("A\($0.offset)", "1", $0.element) }
        try await service.transaction { try await ValueHandlers.apply(entries, $0) }
        let shown = try await service.send(.get, "/v1/firm")
        #expect(shown.text.contains("\"zone\" : \"\(zone)\"") || shown.text.contains("\"zone\":\"\(zone)\""))
        var found = try await service.column(
            "SELECT month || ' ' || orders || ' ' || bit_count(days::bit(31)) FROM party_month ORDER BY month")
        found += try await service.column("SELECT purchase_days || ' days, ' || first_day_revenue FROM party_value")
        // Counted again from the ledger it is the same.
        let kept = found
        try await service.transaction { transaction in
            transaction.enqueue(
                ValueStore.recountMonths, entries.map { _ in ExternalID.party(customerNo: "1") },
                entries.map { _ in "GBP" }, entries.map(\.document.at))
            transaction.enqueue(
                ValueStore.recountValues, entries.map { _ in ExternalID.party(customerNo: "1") },
                entries.map { _ in "GBP" })
        }
        found = try await service.column(
            "SELECT month || ' ' || orders || ' ' || bit_count(days::bit(31)) FROM party_month ORDER BY month")
        found += try await service.column("SELECT purchase_days || ' days, ' || first_day_revenue FROM party_value")
        #expect(found == kept)
        return found + (try await service.column("SELECT cell FROM sales_cell WHERE dimension = 'hour' ORDER BY cell"))
    }

    @Test @Loop func daysAndMonthsAreThoseOfTheFirm() async throws {
        // 31 January 17:00 and 1 February 15:00 in UTC are one day of February in Shanghai.
        let shanghai = ["2025-01-31T17:00:00Z", "2025-02-01T15:00:00Z"]
        #expect(
            try await days("Asia/Shanghai", shanghai) == ["2025-02-01 2 1", "1 days, 200000", "6-01", "6-23"])
        #expect(
            try await days("UTC", shanghai)
                == ["2025-01-01 1 1", "2025-02-01 1 1", "2 days, 100000", "5-17", "6-15"])
        // Berlin's March ends at 22:00 in UTC, its October at 23:00.
        let berlin = ["2025-03-31T21:59:59Z", "2025-03-31T22:00:00Z", "2025-10-31T22:59:59Z", "2025-10-31T23:00:00Z"]
        #expect(
            try await days("Europe/Berlin", berlin) == [
                "2025-03-01 1 1", "2025-04-01 1 1", "2025-10-01 1 1", "2025-11-01 1 1", "4 days, 100000", "1-23",
                "2-00", "5-23", "6-00",
            ])
    }

    @Test @Loop func aZoneIsKeptOnceSomethingIsCounted() async throws {
        let service = try await TestService(ContactsService.self, settings: ["FIRM_ZONE": "Asia/Shanghai"])
        defer { service.close() }
        func zone() async throws -> [String] { try await service.column("SELECT zone FROM firm") }
        #expect(try await zone() == ["Asia/Shanghai"])
        try await FirmZone.keep("Europe/Berlin", service.context)
        #expect(try await zone() == ["Europe/Berlin"])
        let entry = try order("A1", "1", "2025-01-05T10:00:00Z")
        try await service.transaction { try await ValueHandlers.apply([entry], $0) }
        try await FirmZone.keep("UTC", service.context)
        #expect(try await zone() == ["Europe/Berlin"])
        await #expect(throws: PostgresError.self) { try await FirmZone.keep("Mars/Olympus", service.context) }
        await #expect(throws: SettingError.self) {
            _ = try await TestService(ContactsService.self, settings: ["FIRM_ZONE": "Mars/Olympus"])
        }
    }
}
