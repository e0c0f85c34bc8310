import EventLoop
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
            let packages = ["schemathesis", "openapi-spec-validator"]
            guard let python = try await PythonEnvironment.find("openapi", packages: packages) else { return }
            try await RunningSuite.with { suite in
                let up = try await suite.rapport("up")
                try #require(up.isSuccess, "\(up.text)")
                for name in services {
                    let address = "http://127.0.0.1:\(try suite.port(name))/openapi.json"
                    let document = try await python.run("curl", ["-sf", address], within: .seconds(10))
                    try #require(document.isSuccess)
                    let valid = try await python.run(
                        "\(python.programs)/python", ["-c", validation, document.output], within: .seconds(30))
                    #expect(valid.isSuccess, "\(name): \(valid.output)")
                    let tested = try await python.run(
                        "\(python.programs)/schemathesis",
                        [
                            "run", address, "--seed", "1", "--max-examples", "20", "--no-color", "--exclude-checks",
                            "positive_data_acceptance",
                        ], within: .seconds(120))
                    #expect(tested.isSuccess, "\(name): \(tested.output.suffix(6000))")
                }
            }
        }

        private let validation = """
            import json, sys
            from openapi_spec_validator import validate
            validate(json.loads(sys.argv[1]))
            """
    }
}
