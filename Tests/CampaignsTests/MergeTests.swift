import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import ServiceKit
import ServiceTestKit
import Testing

@testable import Campaigns

@Suite struct MergeTests {
    @Test @Loop func theSurvivorIsInTheSegmentsOfBothAndTheMergedInNone() async throws {
        let ann = ExternalID.party(customerNo: "1"), lee = ExternalID.party(customerNo: "2")
        var ends: [[String]] = []
        for isMergeFirst in [true, false] {
            let service = try await TestService(CampaignsService.self, settings: ["CAMPAIGNS_CLOCK": "orders"])
            defer { service.close() }
            let clock = try SegmentClock(service.context)
            let entries = try [("A", "1", "2011-01-05"), ("B", "2", "2011-02-05")].map { id, customer, day in
                LedgerEntry(.order, try .order(id, customer: customer, at: "\(day)T08:00:00Z"))
            }
            func follow(_ redirect: Redirect) async throws {
                try await service.transaction {
                    try await NewsHandlers(service.context).apply([.redirect(redirect)], $0)
                }
            }
            if isMergeFirst { try await follow(Redirect(lee, to: ann)) }
            try await service.transaction { transaction in
                clock.note(entries.map { (sender: "/test", at: $0.document.at) }, transaction)
                try await NewsHandlers(service.context).apply(entries, transaction)
            }
            if !isMergeFirst { try await follow(Redirect(lee, to: ann)) }
            let members = "SELECT concat_ws(' ', party_id, segment) FROM segment_member ORDER BY 1"
            #expect(try await service.column(members) == ["\(ann.text) active", "\(ann.text) new"])
            ends.append(
                try await service.column("SELECT concat_ws(' ', party_id, orders) FROM member WHERE orders > 0"))
            try await follow(Redirect(lee, to: lee))
            #expect(try await service.column(members) == ["\(ann.text) new", "\(lee.text) new"].sorted())
            #expect(try await service.faultsOfEvents() == [])
        }
        #expect(ends == [["\(ann.text) 2"], ["\(ann.text) 2"]])
    }
}
