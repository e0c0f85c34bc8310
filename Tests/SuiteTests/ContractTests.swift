import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import TestKit
import Testing

extension WholeSuite {
    /// The described surface of each service, by people who did not write it.
    @Suite struct ContractTests {
        /// The OpenAPI document is valid, and requests made up from it find no answer that it does not allow.
        ///
        /// Left out is the check that everything of the described shape is accepted: a cursor is text, and yet only the `next` of the
        /// page before is one.
        @Test(.timeLimit(.minutes(8))) @Loop func everyServiceKeepsItsOpenAPI() async throws {
            guard let python = try await PythonEnvironment.find("openapi", packages: packages) else { return }
            // Without a key everybody of this machine is let in, and the description says what holds where there is one.
            try await RunningSuite.with(environment: ["API_TOKEN": "a-token-of-this-test"]) { suite in
                let header = "Authorization: Bearer a-token-of-this-test"
                let up = try await suite.rapport("up")
                try #require(up.isSuccess, "\(up.text)")
                for name in services {
                    let address = "http://127.0.0.1:\(try suite.port(name))/openapi.json"
                    let file = "\(suite.folder)/\(name)-openapi.json"
                    let document = try await python.run(
                        "curl", ["-sf", "-H", header, "-o", file, address], within: .seconds(10))
                    try #require(document.isSuccess)
                    let valid = try await python.run(
                        "\(python.programs)/python", ["-c", validation, file], within: .seconds(30))
                    #expect(valid.isSuccess, "\(name): \(valid.output)")
                    let tested = try await python.run(
                        "\(python.programs)/schemathesis",
                        [
                            "run", address, "-H", header, "--seed", "1", "--max-examples", "20", "--no-color",
                            "--exclude-checks",
                            "positive_data_acceptance",
                            // It answers for as long as it is asked to, up to years.
                            "--exclude-path", "/v1/ops/reconciliation",
                        ], within: .seconds(120))
                    #expect(tested.isSuccess, "\(name): \(tested.output.suffix(6000))")
                }
            }
        }

        /// The AsyncAPI document of each service is valid, and every event that lies in a topic of our own is described by its sender.
        @Test(.timeLimit(.minutes(6))) @Loop func everyServiceKeepsItsAsyncAPI() async throws {
            guard let schema = TestPaths.sharedData("data/asyncapi/asyncapi-3.0.0.schema.json") else {
                return print("skipped: the JSON Schema of AsyncAPI 3.0.0 is not there")
            }
            guard let python = try await PythonEnvironment.find("openapi", packages: packages) else { return }
            try await RunningSuite.with { suite in
                let up = try await suite.rapport("up")
                try #require(up.isSuccess, "\(up.text)")
                var described: [String: Set<String>] = [:]
                for name in services {
                    let text = try await suite.ask(name, .get, "/asyncapi.json")
                    let file = "\(suite.folder)/\(name).json"
                    try Data(text.utf8).write(to: URL(filePath: file))
                    let valid = try await python.run(
                        "\(python.programs)/python", ["-c", asyncValidation, schema, file], within: .seconds(60))
                    #expect(valid.isSuccess, "\(name): \(valid.output.suffix(3000))")
                    struct Document: Decodable { let operations: [String: Empty] }
                    struct Empty: Decodable {}
                    let document = try JSONDecoder().decode(Document.self, from: Data(text.utf8))
                    described["/\(name)"] = Set(
                        document.operations.keys.filter { $0.hasPrefix("send-") }.map { String($0.dropFirst(5)) })
                }
                try await work(suite)
                try await suite.shell(
                    """
                    for topic in contacts sales campaigns tickets notification-requests notifications subject-keys; do
                    kcat -C -e -q -o beginning -b $BROKER -t crm.$topic -f '%h\\n'; done >headers
                    """)
                var told: Set<String> = []
                for line in contents(of: suite.folder + "/headers").split(separator: "\n") {
                    let pairs = line.split(separator: ",").map { $0.split(separator: "=", maxSplits: 1) }
                    let headers = Dictionary(pairs.filter { $0.count == 2 }.map { ($0[0], String($0[1])) }) { $1 }
                    let (type, source) = (headers["ce_type"] ?? "", headers["ce_source"] ?? "")
                    #expect(described[source]?.contains(type) == true, "\(source) does not describe \(type)")
                    told.insert(type)
                }
                #expect(told.count >= 15, "\(told.sorted())")
            }
        }

        /// A little of everything, so that there are events to look at.
        @Loop private func work(_ suite: RunningSuite) async throws {
            struct Made: Decodable { let id: String }
            let customer = #"{"customerNo":"A1","name":"Ada","email":"ada@example.com","marketingConsent":true}"#
            try await suite.publish("erp.customers", key: "A1", "erp.customer.upserted.v1", customer)
            let order = """
                {"orderId":"O1","customerNo":"A1","placedAt":"2026-11-23T10:00:00Z","currency":"EUR","total":"9",\
                "lines":[{"sku":"S","quantity":"1","unitPrice":"9"}]}
                """
            try await suite.publish("erp.orders", key: "A1", "erp.order.placed.v1", order)
            let party = ExternalID.party(customerNo: "A1").uuidString.lowercased()
            try await eventually("the customer in tickets", within: .seconds(60)) {
                try await suite.ask("tickets", .get, "/v1/caller-card?mail=ada@example.com").contains(party)
            }
            let lead = try await suite.ask(
                "sales", .post, "/v1/leads", #"{"name":"Ada","partyId":"\#(party)"}"#, as: Made.self
            ).id
            let deal = try await suite.ask("sales", .post, "/v1/leads/\(lead)/convert", as: Made.self).id
            let quote = try await suite.ask(
                "sales", .post, "/v1/opportunities/\(deal)/quotes",
                #"{"currency":"EUR","lines":[{"sku":"S","name":"Lamp","quantity":"2","unitPrice":"4.50"}]}"#,
                as: Made.self
            ).id
            try await suite.ask("sales", .post, "/v1/quotes/\(quote)/accept")
            let ticket = try await suite.ask(
                "tickets", .post, "/v1/tickets", #"{"subject":"Lamp","partyId":"\#(party)"}"#, as: Made.self
            ).id
            try await suite.ask("tickets", .post, "/v1/tickets/\(ticket)/replies", #"{"body":"Hello","author":"x"}"#)
            try await suite.ask("tickets", .post, "/v1/tickets/\(ticket)/resolve")
            let archive = try await suite.ask(
                "contacts", .post, "/v1/parties/\(party)/archives", #"{"by":"Ada"}"#, as: Made.self
            ).id
            let erasure = try await suite.ask(
                "contacts", .post, "/v1/parties/\(party)/erasures", #"{"by":"Ada"}"#, as: Made.self
            ).id
            try await eventually("the end of it all", within: .seconds(60)) {
                try await suite.ask("contacts", .get, "/v1/erasures/\(erasure)").contains("\"isComplete\" : true")
            }
            _ = archive
        }

        private let packages = ["schemathesis", "openapi-spec-validator"]

        private let asyncValidation = """
            import json, sys
            from jsonschema import Draft7Validator
            with open(sys.argv[1]) as file: schema = json.load(file)
            with open(sys.argv[2]) as file: document = json.load(file)
            errors = [f"{list(e.absolute_path)}: {e.message[:300]}" for e in Draft7Validator(schema).iter_errors(document)]
            def resolve(pointer):
                place = document
                for part in pointer[2:].split("/"): place = place[part.replace("~1", "/").replace("~0", "~")]
            def walk(value):
                if isinstance(value, dict):
                    if isinstance(value.get("$ref"), str): resolve(value["$ref"])
                    for inner in value.values(): walk(inner)
                elif isinstance(value, list):
                    for inner in value: walk(inner)
            walk(document)
            print("\\n".join(errors))
            sys.exit(1 if errors else 0)
            """

        private let validation = """
            import json, sys
            from openapi_spec_validator import validate
            with open(sys.argv[1]) as file: validate(json.load(file))
            """
    }
}
