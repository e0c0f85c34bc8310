import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import TestKit
import Testing

extension WholeSuite {
    /// Services that go back to a backup, as real programs.
    @Suite struct LivesTests {
        private struct Made: Decodable { let id: String }

        private struct Held: Decodable {
            let items: [Deed]
        }

        private struct Deed: Decodable {
            let id: Int
            let key: String
            let state: String
            let actor: String?
            let reason: String?
        }

        /// All go back at once to a backup of before the middle: nothing is done again, and what was refused since stays refused.
        @Test(.timeLimit(.minutes(10))) @Loop func aSuiteThatGoesBackToItsBackupDoesNothingTwice() async throws {
            try await RunningSuite.with { suite in
                let up = try await suite.rapport("up")
                try #require(up.isSuccess, "\(up.text)")
                let (ann, bob) = (party("K1"), party("K2"))
                for (number, name) in [("K1", "Ann"), ("K2", "Bob"), ("K3", "Cleo")] {
                    try await suite.publish(
                        "erp.customers", key: number, "erp.customer.upserted.v1",
                        #"{"customerNo":"\#(number)","name":"\#(name)","email":"\#(name.lowercased())@x.example","marketingConsent":true}"#
                    )
                }
                for member in [ann, bob] {
                    try await eventually("the consent at campaigns", within: .seconds(60)) {
                        try await mayMail(member, suite) == true
                    }
                }
                let opportunity = try await suite.ask(
                    "sales", .post, "/v1/opportunities", #"{"name":"Cups","partyId":"\#(bob)"}"#, as: Made.self)
                let quote = try await suite.ask(
                    "sales", .post, "/v1/opportunities/\(opportunity.id)/quotes",
                    #"{"currency":"EUR","lines":[{"sku":"T1","quantity":"3","unitPrice":"2.00"}]}"#, as: Made.self)
                for number in 1...4 { try await ask("waits-\(number)", suite) }
                try await eventually("the requests at notifications", within: .seconds(60)) {
                    try await suite.figure("notifications", "crm_events_applied_total") ?? 0 >= 4
                }
                let backup = "\(suite.folder)/backup"
                let kept = try await suite.rapport("backup", backup)
                try #require(kept.isSuccess, "\(kept.text)")

                try await since(ann, quote: quote.id, suite)
                let before = try await facts(quote.id, suite)
                #expect(try suite.mails().count == 1)

                let restored = try await suite.rapport(
                    "restore", backup, "--reason", "the disk was lost", "--yes", within: .seconds(300))
                try #require(restored.isSuccess, "\(restored.text)")
                #expect(try await facts(quote.id, suite) == before)
                #expect(try await mayMail(ann, suite) == false)
                #expect(
                    try await suite.ask("contacts", .get, "/v1/parties/\(party("K3"))").contains("Cleo") == false)
                // A withdrawal that is made now is heard by those who have heard of the life before.
                try await refuse(bob, suite)
                try await eventually("the withdrawal at campaigns", within: .seconds(60)) {
                    try await mayMail(bob, suite) == false
                }
                try await decideWhatIsHeld(suite)
                #expect(try await facts(quote.id, suite) == before)
            }
        }

        private func party(_ number: String) -> String { ExternalID.party(customerNo: number).uuidString.lowercased() }

        /// What happens behind the backup.
        @Loop private func since(_ ann: String, quote: String, _ suite: RunningSuite) async throws {
            try await refuse(ann, suite)
            try await eventually("the withdrawal at campaigns", within: .seconds(60)) {
                try await mayMail(ann, suite) == false
            }
            try await suite.ask("sales", .post, "/v1/quotes/\(quote)/accept")
            try await suite.publish(
                "logistics.shipments", key: "K1", "logistics.shipment.delayed.v1",
                #"{"shipmentId":"S1","orderId":"O1","customerNo":"K1","at":"2026-01-02T08:00:00Z"}"#)
            struct Tickets: Decodable { let items: [Made] }
            var ticket = ""
            try await eventually("a ticket", within: .seconds(60)) {
                ticket = try await suite.ask("tickets", .get, "/v1/tickets", as: Tickets.self).items.first?.id ?? ""
                return !ticket.isEmpty
            }
            try await suite.ask("tickets", .post, "/v1/tickets/\(ticket)/resolve")
            try await eventually("the survey's mail", within: .seconds(60)) {
                try suite.mails().contains { $0.contains("ann@x.example") }
            }
            try await suite.ask("contacts", .post, "/v1/parties/\(party("K3"))/erasures", #"{"by":"dpo"}"#)
            try await eventually("all is told", within: .seconds(60)) {
                for name in ["contacts", "sales", "tickets", "notifications"]
                where try await suite.figure(name, "crm_outbox_rows") ?? 0 > 0 { return false }
                return true
            }
        }

        /// What must be the same behind a restore.
        @Loop private func facts(_ quote: String, _ suite: RunningSuite) async throws -> [String] {
            let tickets = try await suite.ask("tickets", .get, "/v1/tickets")
            let requests = try await suite.ask("sales", .get, "/v1/order-requests")
            return [
                "\(try suite.mails().filter { $0.contains("ann@x.example") }.count) mails to Ann",
                "\(tickets.count(of: "\"subject\"")) tickets, \(tickets.count(of: "\"resolved\"")) resolved",
                "\(requests.count(of: "\"quoteId\"")) order requests",
                try await suite.ask("sales", .get, "/v1/quotes/\(quote)").contains("\"accepted\"")
                    ? "accepted" : "draft",
            ]
        }

        @Loop private func mayMail(_ member: String, _ suite: RunningSuite) async throws -> Bool? {
            struct Member: Decodable { let mayMail: Bool? }
            return try? await suite.ask("campaigns", .get, "/v1/members/\(member)", as: Member.self).mayMail
        }

        @Loop private func refuse(_ party: String, _ suite: RunningSuite) async throws {
            try await suite.ask(
                "contacts", .put, "/v1/parties/\(party)/consents",
                #"{"channel":"mail","purpose":"marketing","granted":false}"#)
        }

        /// A message that is to be sent tomorrow.
        @Loop private func ask(_ key: String, _ suite: RunningSuite) async throws {
            let tomorrow = RFC3339.string(Date(timeIntervalSinceNow: 86_400))
            try await suite.publish(
                "crm.notification-requests", key: key, "notifications.message.requested.v1",
                """
                {"messageId":"\(UUID().uuidString.lowercased())","channel":"mail","address":"\(key)@x.example","template":"survey.csat",\
                "data":{},"deduplicationKey":"\(key)","purpose":"transactional","notBefore":"\(tomorrow)"}
                """)
        }

        @Loop private func held(_ state: String, _ suite: RunningSuite) async throws -> [Deed] {
            try await suite.ask("notifications", .get, "/v1/held?state=\(state)", as: Held.self).items
        }

        /// What waited at the backup may have been sent since: a person gives one up, releases one, and then all others at once, with a reason.
        @Loop private func decideWhatIsHeld(_ suite: RunningSuite) async throws {
            try await eventually("four are held", within: .seconds(60)) { try await held("held", suite).count == 4 }
            let list = try await suite.rapport("held", "list", "notifications")
            #expect(list.isSuccess && list.text.contains("message"), "\(list.text)")
            #expect(try await suite.rapport("held", "release", "notifications", "--all").status == 2)
            let open = try await held("held", suite)
            let given = try await suite.rapport(
                "held", "discard", "notifications", "\(open[0].id)", "--reason", "sent by hand")
            #expect(given.isSuccess && given.text.contains("1 discarded"), "\(given.text)")
            let released = try await suite.rapport(
                "held", "release", "notifications", "\(open[1].id)", "--reason", "was never sent")
            #expect(released.isSuccess && released.text.contains("1 released"), "\(released.text)")
            // Of another kind nothing is held, and all of one kind go at once.
            let none = try await suite.rapport(
                "held", "release", "notifications", "--all", "--kind", "other", "--reason", "were never sent")
            #expect(none.isSuccess && none.text.contains("0 released"), "\(none.text)")
            let all = try await suite.rapport(
                "held", "release", "notifications", "--all", "--kind", "message", "--reason", "were never sent")
            #expect(all.isSuccess && all.text.contains("2 released"), "\(all.text)")
            try await eventually("they are sent", within: .seconds(60)) {
                let mails = try suite.mails()
                return open.dropFirst().allSatisfy { deed in mails.contains { $0.contains("\(deed.key)@x.example") } }
            }
            let settled = try await held("any", suite)
            #expect(settled.map(\.state).sorted() == ["discarded", "released", "released", "released"])
            #expect(settled.allSatisfy { $0.actor?.isEmpty == false && $0.reason?.isEmpty == false })
            #expect(try suite.mails().count == 4)
        }
    }
}

extension String {
    /// How often a text is in it.
    fileprivate func count(of text: String) -> Int { ranges(of: text).count }
}
