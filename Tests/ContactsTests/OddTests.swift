import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Contacts

@Suite struct OddTests {
    @Test(arguments: [UInt64.random(in: 0 ... .max)]) @Loop
    func noOddDocumentMovesWhatIsSaidOfOthers(_ seed: UInt64) async throws {
        print("odd documents: seed \(seed)")
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        var shop = OddShop(seed: seed)
        let base = try shop.base()
        try await service.transaction { try await ValueHandlers.apply(base, $0) }
        let before = try await SaidOfOthers.figures(service)
        #expect(try await service.column("SELECT state FROM model_run") == ["done"])
        let odd = try (0..<1000).map { _ in try shop.odd() }
        for start in stride(from: 0, to: odd.count, by: 100) {
            try await service.transaction { try await ValueHandlers.apply(Array(odd[start..<start + 100]), $0) }
        }
        while try await StageClock(service.context).step() > 0 {}
        let after = try await SaidOfOthers.figures(service)
        SaidOfOthers.expectEqual(before, after, seed)
        // They are kept, counted for their parties, and told.
        #expect(try await service.column("SELECT count(*)::text FROM erp_document") == ["\(base.count + odd.count)"])
        let told = try await service.context.rows(OddStore.counts).reduce(0) { $0 + $1.1 }
        #expect(told == odd.count)
        let mine = odd.filter { $0.kind == .order && $0.document.customerNo == "C3" }.count
        let shown = try await service.send(.get, "/v1/parties/\(ExternalID.party(customerNo: "C3"))/value")
        let sound = base.filter { $0.kind == .order && $0.document.customerNo == "C3" }.count
        #expect(shown.text.contains("\"orders\" : \(mine + sound)"), "\(shown.text)")
        #expect(try await service.faultsOfEvents() == [])
    }

    @Test @Loop func whatIsDatedAheadIsToldUntilItsDayComes() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let ahead = RFC3339.string(Date(timeIntervalSinceNow: 5 * 86_400))
        let entries = [
            LedgerEntry(.order, try .order("A1", customer: "1", at: "2011-01-05T10:00:00Z")),
            LedgerEntry(.order, try .order("A2", customer: "2", at: ahead)),
            LedgerEntry(.payment, try .order("P1", customer: "2", at: "0001-01-05T10:00:00Z")),
        ]
        try await service.transaction { try await ValueHandlers.apply(entries, $0) }
        let party = ExternalID.party(customerNo: "1")
        _ = try await service.send(
            .post, "/v1/interactions", #"{"kind":"call.ended","phone":"+442079460958","at":"9999-01-01T00:00:00Z"}"#)
        let born = try await service.make("/v1/parties", #"{"name":"Not yet born","birthday":"2999-01-01"}"#)
        try await service.transaction { transaction in
            let touch = Touch(party, RFC3339.date("2062-01-01T00:00:00Z"), "shipment.delayed", "S1", "late")
            TimelineHandlers.write([touch, touch].compactMap { $0 }, transaction)
        }
        struct Page: Decodable {
            struct Item: Decodable { let kind, reference, why: String }
            let items: [Item]
            let next: String?
        }
        func told(_ query: String = "") async throws -> Page {
            try await service.send(.get, "/v1/odd\(query)").json(Page.self)
        }
        let all = try await told().items
        #expect(
            all.map { "\($0.kind) \($0.why)" } == [
                "birthday ahead", "call.ended ahead", "order ahead", "payment early", "shipment.delayed ahead",
            ])
        #expect(all.first?.reference == born.text && all[2].reference == "A2")
        let first = try await told("?limit=2")
        #expect(try await told("?limit=2&after=\(first.next ?? "")").items.map(\.kind) == ["order", "payment"])
        // Its day comes, and another document is corrected.
        _ = try await service.column("UPDATE erp_document SET at = now() WHERE id = 'A2' RETURNING id")
        _ = try await service.column("UPDATE document_detail SET at = now() WHERE id = 'A2' RETURNING id")
        let mended = LedgerEntry(.payment, try .order("P1", customer: "2", at: "2011-01-05T10:00:00Z"))
        try await service.transaction { try await ValueHandlers.apply([mended], $0) }
        #expect(try await told().items.map(\.kind) == ["birthday", "call.ended", "shipment.delayed"])
        #expect(try await service.faultsOfEvents() == [])
    }
}
