import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import TestKit
import Testing

extension WholeSuite {
    /// The examples of `docs/plug-in-an-erp.md`, as they stand in `docs/examples/erp`, in the place of an ERP.
    @Suite struct ERPExamplesTests {
        private static let folder = TestPaths.package + "/docs/examples/erp"

        private struct Request: Decodable {
            let status: String
            let orderId, reason: String?
        }

        @Test(.timeLimit(.minutes(6))) @Loop func theExamplesAnswerWhatTheyAreAskedFor() async throws {
            try await RunningSuite.with { suite in
                let up = try await suite.rapport("up")
                try #require(up.isSuccess, "\(up.text)")
                let added = try await suite.rapport(
                    "users", "add", "erp", "--write", "erp.orders,erp.customers", "--read", "crm.order-requests",
                    "--librdkafka", "\(suite.folder)/erp.properties", "--java", "\(suite.folder)/java.properties")
                try #require(added.isSuccess, "\(added.text)")
                try await kcat(suite)
                try await python(suite)
                try await java(suite)
                let status = try await suite.rapport("status")
                #expect(status.isSuccess, "\(status.text)")
                let reconciled = try await suite.rapport("reconcile")
                #expect(reconciled.isSuccess, "\(reconciled.text)")
            }
        }

        @Loop private func kcat(_ suite: RunningSuite) async throws {
            let deal = try await Deal(suite, #"{"name":"Ada Byron","email":"ada@own.example"}"#)
            let asked = try await asked(suite, "the request on its topic") { $0.contains(deal.request) }
            #expect(asked.contains("ada@own.example") && asked.contains("Ada Byron"), "\(asked)")
            try await suite.shell("KCAT_CONFIG=erp.properties \(Self.folder)/answer.sh \(deal.request) C-77 4714")
            try await ordered(deal.request, suite)
            try await tied(deal, "C-77", suite)
            // The customer of the number is the buyer, and nobody besides.
            let other = try await suite.ask(
                "contacts", .get, "/v1/parties/\(ExternalID.party(customerNo: "C-77").text)")
            #expect(other.contains(deal.party) && other.contains("mergedInto"), "\(other)")
            _ = try await self.asked(suite, "the end of what was answered") { !$0.contains(deal.request) }

            let second = try await Deal(suite, #"{"name":"Charles Babbage"}"#)
            try await suite.shell(
                "KCAT_CONFIG=erp.properties \(Self.folder)/refuse.sh \(second.request) 'No such street' buyer.addresses 'are missing'"
            )
            try await eventually("the refusal", within: .seconds(60)) {
                let found = try await request(second.request, suite)
                return found.status == "refused" && found.reason == "No such street; buyer.addresses: are missing"
            }
            #expect(try await suite.ask("sales", .get, "/v1/tasks?status=open").contains("No such street"))
        }

        @Loop private func python(_ suite: RunningSuite) async throws {
            guard let python = try await PythonEnvironment.find("erp", packages: ["confluent-kafka"]) else {
                Issue.record("no Python with confluent-kafka: erp.py was not tried", severity: .warning)
                return
            }
            let deal = try await Deal(
                suite, #"{"name":"Grace Hopper","company":"Compilers Ltd","email":"g@c.example"}"#)
            let run = "\(python.programs)/python \(Self.folder)/erp.py erp.properties 6"
            try await suite.shell(run)
            try await eventually("the refusal of a firm without a tax id", within: .seconds(60)) {
                try await request(deal.request, suite).status == "refused"
            }
            struct Seen: Decodable { let version: Int }
            let path = "/v1/parties/\(deal.party)"
            try await eventually("the firm in contacts", within: .seconds(60)) {
                (try? await suite.ask("contacts", .get, path)) != nil
            }
            let seen = try await suite.ask("contacts", .get, path, as: Seen.self).version
            try await suite.ask(
                "contacts", .patch, path, #"{"taxId":"DE811"}"#, headers: ["if-match": "\"\(seen)\""])
            let again = try await acceptedAgain(deal, suite)
            try await suite.shell(run)
            try await ordered(again, suite)
            struct Party: Decodable {
                struct Reference: Decodable { let system: String }
                let references: [Reference]
            }
            try await eventually("the number of the ERP", within: .seconds(60)) {
                try await suite.ask("contacts", .get, path, as: Party.self).references.contains { $0.system == "erp" }
            }
        }

        @Loop private func java(_ suite: RunningSuite) async throws {
            guard let jars = TestPaths.sharedData("kafka/4.3.1") else {
                Issue.record("there is no ../shared/kafka: ERP.java was not tried", severity: .warning)
                return
            }
            let deal = try await Deal(suite, #"{"name":"Li Lei","email":"li@own.example"}"#)
            try await suite.shell("java -cp '\(jars)/*' \(Self.folder)/ERP.java java.properties 8")
            try await ordered(deal.request, suite)
            try await tied(deal, "J-\(deal.party.prefix(13))", suite)
        }

        // MARK: Looking

        /// A lead that became an accepted quote.
        private struct Deal {
            let party, quote, request: String

            @Loop init(_ suite: RunningSuite, _ lead: String) async throws {
                struct Lead: Decodable { let accountId: String }
                let id = try await made(suite, "/v1/leads", lead)
                let opportunity = try await made(suite, "/v1/leads/\(id)/convert")
                party = try await suite.ask("sales", .get, "/v1/leads/\(id)", as: Lead.self).accountId
                quote = try await made(
                    suite, "/v1/opportunities/\(opportunity)/quotes",
                    #"{"currency":"EUR","lines":[{"sku":"A1","name":"Lantern","quantity":"10","unitPrice":"9.90","discountPercent":"5"}]}"#
                )
                request = try await made(suite, "/v1/quotes/\(quote)/accept")
            }
        }

        /// Accepts the quote anew once sales has heard of the tax id, and answers the request's id.
        @Loop private func acceptedAgain(_ deal: Deal, _ suite: RunningSuite) async throws -> String {
            var request = ""
            try await eventually("the quote accepted again", within: .seconds(60)) {
                // Whoever contacts has told of is there within moments.
                try await Loop.sleep(for: .seconds(1))
                request = (try? await made(suite, "/v1/quotes/\(deal.quote)/accept")) ?? request
                return !request.isEmpty
            }
            return request
        }

        @Loop private func request(_ id: String, _ suite: RunningSuite) async throws -> Request {
            try await suite.ask("sales", .get, "/v1/order-requests/\(id)", as: Request.self)
        }

        @Loop private func ordered(_ id: String, _ suite: RunningSuite) async throws {
            try await eventually("the order of a request", within: .seconds(60)) {
                let found = try await request(id, suite)
                return found.status == "ordered" && found.orderId != nil
            }
        }

        /// The ERP's number is the party's, and its order stands on the timeline.
        @Loop private func tied(_ deal: Deal, _ number: String, _ suite: RunningSuite) async throws {
            try await eventually("\(number) tied to its party", within: .seconds(60)) {
                let party = try await suite.ask("contacts", .get, "/v1/parties/\(deal.party)")
                let timeline = try await suite.ask("contacts", .get, "/v1/parties/\(deal.party)/timeline?kind=order")
                return party.contains(number) && timeline.contains("94.0500")
            }
        }

        /// What the first example prints, once it is as expected.
        @Loop private func asked(
            _ suite: RunningSuite, _ what: String, _ isRight: (String) -> Bool
        ) async throws -> String {
            var printed = ""
            try await eventually(what, within: .seconds(60)) {
                try await suite.shell("KCAT_CONFIG=erp.properties \(Self.folder)/asked.sh >asked")
                printed = contents(of: suite.folder + "/asked")
                return isRight(printed)
            }
            return printed
        }
    }
}

/// Makes something in sales and gives its id.
@Loop private func made(_ suite: RunningSuite, _ path: String, _ json: String = "") async throws -> String {
    struct Made: Decodable { let id: String }
    return try await suite.ask("sales", .post, path, json, as: Made.self).id.lowercased()
}
