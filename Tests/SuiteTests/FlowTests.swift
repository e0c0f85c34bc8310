import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import TestKit
import Testing

extension WholeSuite {
    /// What the services do together, seen from outside: kcat on one side, HTTP and mails on the other.
    @Suite struct FlowTests {
        @Test(.timeLimit(.minutes(6))) @Loop func messagesOfTheOutsideGoThroughTheSuite() async throws {
            try await RunningSuite.with { suite in
                let up = try await suite.rapport("up")
                try #require(up.isSuccess, "\(up.text)")
                try await anOrderIsOnTheTimeline(suite)
                try await aWonQuoteBecomesAnOrder(suite)
                try await aDelayOpensATicketWhoseEndAsksForAnOpinion(suite)
                try await aCampaignReachesThoseWhoConsented(suite)
                try await malformedMessagesArePutAside(suite)
                let status = try await suite.rapport("status")
                #expect(status.isSuccess, "\(status.text)")
                #expect(Self.oddities(suite) == [])
                let down = try await suite.rapport("down")
                #expect(down.isSuccess, "\(down.text)")
                #expect(Self.oddities(suite) == [])
            }
        }

        /// What PostgreSQL has written that is no part of its starting and stopping: in a normal run, nothing.
        private static func oddities(_ suite: RunningSuite) -> [Substring] {
            let usual = [
                "starting PostgreSQL", "listening on", "database system", "received fast shutdown request",
                "shutting down",
                "aborting any active transactions", "\"logical replication launcher\"",
                // Whoever waits for its start asks early.
                "FATAL:  the database system is starting up",
            ]
            return contents(of: suite.folder + "/log/postgres.log").split(separator: "\n").filter { line in
                let isLogged = ["WARNING:", "ERROR:", "LOG:", "FATAL:", "PANIC:"].contains { line.contains($0) }
                return isLogged && !usual.contains { line.contains($0) }
            }
        }

        // MARK: Flows

        @Loop private func anOrderIsOnTheTimeline(_ suite: RunningSuite) async throws {
            try await suite.publish("erp.orders", key: "K100", "erp.order.placed.v1", order("O-100", customer: "K100"))
            try await seen("O-100", of: "K100", suite)
            // The line that people are shown, word for word.
            for page in ["README.md", "README.zh.md", "docs/plug-in-an-erp.md"] {
                let blocks = contents(of: TestPaths.package + "/" + page).split(separator: "```\n")
                let line = try #require(blocks.first { $0.contains("kcat -P") && !$0.contains("## ") }, "\(page)")
                let words = line.split(separator: "\n").filter { !$0.hasPrefix("export ") }.joined(separator: "\n")
                try await suite.shell(words)
            }
            try await seen("4711", of: "C-9", suite)
        }

        @Loop private func aWonQuoteBecomesAnOrder(_ suite: RunningSuite) async throws {
            let lead = try await made(
                suite, "/v1/leads", #"{"name":"Ada Byron","company":"Engines Ltd","partyId":"\#(party("K100"))"}"#)
            let opportunity = try await made(suite, "/v1/leads/\(lead)/convert")
            let quote = try await made(
                suite, "/v1/opportunities/\(opportunity)/quotes",
                #"{"currency":"GBP","lines":[{"sku":"S1","name":"Lamp","quantity":"2","unitPrice":"4.50"}]}"#)
            let request = try await made(suite, "/v1/quotes/\(quote)/accept")
            // The ERP reads the request from the topic.
            try await eventually("the request on its topic", within: .seconds(60)) {
                try await suite.shell("kcat -C -e -q -o beginning -b $BROKER -t crm.sales >requests")
                let requests = contents(of: suite.folder + "/requests").lowercased()
                return requests.contains("\"requestid\":\"\(request.lowercased())\"")
            }
            try await suite.publish(
                "erp.orders", key: "K100", "erp.order.placed.v1", order("O-101", customer: "K100", correlation: request)
            )
            struct Request: Decodable {
                let status: String
                let orderId: String?
            }
            try await eventually("the order request's order", within: .seconds(60)) {
                let found = try await suite.ask("sales", .get, "/v1/order-requests/\(request)", as: Request.self)
                return found.status == "ordered" && found.orderId == "O-101"
            }
            let won = try await suite.ask("sales", .get, "/v1/opportunities/\(opportunity)")
            #expect(won.contains("\"won\""))
        }

        @Loop private func aDelayOpensATicketWhoseEndAsksForAnOpinion(_ suite: RunningSuite) async throws {
            let mail = "grace@example.com"
            try await suite.publish(
                "erp.customers", key: "K200", "erp.customer.upserted.v1", customer("K200", mail, true))
            try await eventually("the customer in tickets", within: .seconds(60)) {
                try await suite.ask("tickets", .get, "/v1/caller-card?mail=\(mail)").contains(party("K200"))
            }
            try await suite.publish(
                "logistics.shipments", key: "K200", "logistics.shipment.delayed.v1",
                #"{"shipmentId":"V1","orderId":"O-200","customerNo":"K200","at":"\#(now)","reason":"held at a depot"}"#)
            struct Tickets: Decodable {
                struct Ticket: Decodable { let id, orderId, status: String }
                let items: [Ticket]
            }
            var tickets: [Tickets.Ticket] = []
            try await eventually("the ticket of a delay", within: .seconds(60)) {
                let path = "/v1/tickets?party=\(party("K200"))"
                tickets = try await suite.ask("tickets", .get, path, as: Tickets.self).items
                return !tickets.isEmpty
            }
            #expect(tickets.count == 1 && tickets[0].orderId == "O-200")
            // Whoever answers the telephone sees it too.
            let card = try await suite.ask("tickets", .get, "/v1/caller-card?mail=\(mail)")
            #expect(card.contains("delayed"), "\(card)")
            #expect(try mails(to: mail, suite).isEmpty)
            try await suite.ask("tickets", .post, "/v1/tickets/\(tickets[0].id)/resolve")
            try await eventually("the survey's mail", within: .seconds(60)) { try mails(to: mail, suite).count == 1 }
            // Of this one nobody has heard yet; he is asked when he is known.
            let early = try await made(
                suite, "/v1/tickets", service: "tickets", #"{"subject":"Lamp","partyId":"\#(party("K210"))"}"#)
            try await suite.ask("tickets", .post, "/v1/tickets/\(early)/resolve")
            try await eventually("status tells of the survey that waits", within: .seconds(30)) {
                try await suite.rapport("status").text.contains("tickets: 1 of the reactions survey wait")
            }
            // Its link outlives the process that made it, and so does what waits.
            let token = try surveyToken(try mails(to: mail, suite)[0])
            let killed = try await suite.rapport("kill", "tickets")
            #expect(killed.isSuccess, "\(killed.text)")
            try await suite.ask("tickets", .post, "/v1/surveys/\(token)", #"{"score":5}"#)
            let other = "k210@example.com"
            #expect(try mails(to: other, suite).isEmpty)
            try await suite.publish(
                "erp.customers", key: "K210", "erp.customer.upserted.v1", customer("K210", other, false))
            try await eventually("the survey that waited", within: .seconds(60)) {
                try mails(to: other, suite).count == 1
            }
        }

        @Loop private func aCampaignReachesThoseWhoConsented(_ suite: RunningSuite) async throws {
            let members = [("K301", true), ("K302", false), ("K303", true)]
            for (number, consents) in members {
                try await suite.publish(
                    "erp.customers", key: number, "erp.customer.upserted.v1",
                    customer(number, "\(number)@example.com", consents))
                try await suite.publish(
                    "erp.orders", key: number, "erp.order.placed.v1", order("O-\(number)", customer: number))
            }
            let campaign = try await made(
                suite, "/v1/campaigns", service: "campaigns",
                #"{"name":"Spring","segment":"new","content":{"en":{"subject":"Spring is here","body":"Hello {{name}}"}}}"#
            )
            struct Preview: Decodable { let size, reachable: Int }
            // K100 is in the segment too, and nobody knows its mail address; whether C-9 is, depends on the day.
            try await eventually("the segment's members", within: .seconds(60)) {
                let path = "/v1/campaigns/\(campaign)/preview"
                let preview = try await suite.ask("campaigns", .get, path, as: Preview.self)
                return preview.size >= 4 && preview.reachable == 2
            }
            try await suite.ask("campaigns", .post, "/v1/campaigns/\(campaign)/launch")
            struct Campaign: Decodable {
                let status: String
                let counts: [String: Int]
            }
            try await eventually("the campaign's end", within: .seconds(60)) {
                let found = try await suite.ask("campaigns", .get, "/v1/campaigns/\(campaign)", as: Campaign.self)
                return found.status == "completed" && found.counts["sent"] == 2 && found.counts["requested"] == nil
            }
            for (number, consents) in members {
                #expect(try mails(to: "\(number)@example.com", suite).count == (consents ? 1 : 0))
            }
            #expect(try suite.mails().filter { $0.contains("Subject: Spring is here") }.count == 2)
        }

        @Loop private func malformedMessagesArePutAside(_ suite: RunningSuite) async throws {
            let send = "kcat -P -b $BROKER -t erp.orders -k K400 -X partitioner=murmur2_random"
            let headers =
                "-H ce_specversion=1.0 -H ce_id=$RANDOM-$RANDOM -H ce_source=/kcat -H ce_type=erp.order.placed"
            let valid = try order("O-400", customer: "K400")
            // Noise, noise under good headers, half a text, no headers, and a version that nobody knows yet.
            try await suite.shell("head -c 300 /dev/urandom >noise; \(send) noise")
            try await suite.shell("\(send) \(headers).v1 noise")
            try await suite.shell("echo '{\"orderId\":\"O-4' | \(send) \(headers).v1")
            try await suite.shell("echo '\(valid)' | \(send)")
            try await suite.shell("echo '\(valid)' | \(send) \(headers).v9")
            // A type that nobody knows is put aside too, and counted by its name.
            try await suite.publish("erp.orders", key: "K400", "erp.order.admired.v1", "{}")
            try await suite.publish("erp.orders", key: "K400", "erp.order.placed.v1", order("O-401", customer: "K400"))
            try await seen("O-401", of: "K400", suite)
            let timeline = try await suite.ask("contacts", .get, "/v1/parties/\(party("K400"))/timeline")
            #expect(!timeline.contains("O-400"))
            for name in ["contacts", "sales", "campaigns", "tickets"] {
                try await eventually("the dead letters of \(name)", within: .seconds(60)) {
                    let unknown = try await suite.figure(name, "crm_events_unknown_total")
                    return try await suite.figure(name, "crm_dead_letters") == 6 && unknown == 1
                }
            }
        }

        // MARK: Messages

        private var now: String { RFC3339.string(Date()) }

        private func party(_ customer: String) -> String {
            ExternalID.party(customerNo: customer).uuidString.lowercased()
        }

        private func order(_ id: String, customer: String, correlation: String? = nil) throws -> String {
            let link = correlation.map { ",\"correlationId\":\"\($0)\"" } ?? ""
            return """
                {"orderId":"\(id)","customerNo":"\(customer)","placedAt":"\(now)","currency":"GBP","total":"9.00",\
                "lines":[{"sku":"S1","name":"Lamp","quantity":"2","unitPrice":"4.50"}]\(link)}
                """
        }

        private func customer(_ number: String, _ mail: String, _ consents: Bool) -> String {
            """
            {"customerNo":"\(number)","name":"Customer \(number)","email":"\(mail)","language":"en",\
            "marketingConsent":\(consents)}
            """
        }

        // MARK: Looking

        @Loop private func seen(_ order: String, of customer: String, _ suite: RunningSuite) async throws {
            try await eventually("\(order) on the timeline", within: .seconds(60)) {
                try await suite.ask("contacts", .get, "/v1/parties/\(party(customer))/timeline").contains(
                    "\"\(order)\"")
            }
        }

        @Loop private func made(
            _ suite: RunningSuite, _ path: String, service: String = "sales", _ json: String = ""
        ) async throws -> String {
            struct Made: Decodable { let id: String }
            return try await suite.ask(service, .post, path, json, as: Made.self).id
        }

        /// The end of the link in a mail, whose first part is its text in base 64.
        private func surveyToken(_ mail: String) throws -> String {
            let part = mail.split(separator: "base64\n\n").dropFirst().first?.split(separator: "\n--").first ?? ""
            let text = Data(base64Encoded: part.filter { $0 != "\n" }).map { String(decoding: $0, as: UTF8.self) } ?? ""
            let words = text.split { $0.isWhitespace }
            let link = try #require(words.first { $0.hasPrefix("http") }, "\(mail)\n\(text)")
            return String(link.split(separator: "/").last ?? "")
        }

        @Loop private func mails(to address: String, _ suite: RunningSuite) throws -> [String] {
            try suite.mails().filter { $0.contains("\nTo: \(address)\n") }
        }
    }
}
