import CRMModel
import EventLoop
import FoundationEssentials
import TestKit
import Testing

extension WholeSuite {
    /// The suite on an Apache Kafka that asks everybody and allows what the table of rights says, and nothing else.
    @Suite(.enabled(if: ApacheKafka.path != nil, "there is no ../shared/kafka"))
    struct AuthorizerTests {
        @Test(.timeLimit(.minutes(8))) @Loop func theSuiteNeedsNoMoreThanTheTableGives() async throws {
            let users = BusUser.services.map(\.name) + [BusUser.operator]
            // PLAIN: the librdkafka of Debian 12 and the newest Apache Kafka disagree about SCRAM's nonce.
            let known = (users + ["admin"]).map { "user_\($0)=\"\($0)-s\"" }.joined(separator: " ")
            let config = """
                listener.security.protocol.map=PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
                sasl.enabled.mechanisms=PLAIN
                sasl.mechanism.inter.broker.protocol=PLAIN
                inter.broker.listener.name=PLAINTEXT
                listener.name.plaintext.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule \
                required username="admin" password="admin-s" \(known);
                authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
                super.users=User:admin;User:ANONYMOUS
                auto.create.topics.enable=false

                """
            try await ApacheKafka.with("4.3.1", config: config) { brokers in
                try await allow(brokers)
                var environment = [
                    "KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT", "KAFKA_SASL_MECHANISM": "PLAIN",
                    "KAFKA_SASL_USERNAME": "operator", "KAFKA_SASL_PASSWORD": "operator-s",
                ]
                for service in BusUser.services.map(\.name) {
                    environment["\(service.uppercased())_KAFKA_SASL_USERNAME"] = service
                    environment["\(service.uppercased())_KAFKA_SASL_PASSWORD"] = "\(service)-s"
                }
                try await RunningSuite.with(kafka: brokers, environment: environment) { suite in
                    let demo = try await suite.demo("--orders", "300", within: .seconds(240))
                    #expect(demo.isSuccess, "\(demo.text.suffix(2000))")
                    let status = try await suite.rapport("status")
                    #expect(status.isSuccess, "\(status.text)")
                    for service in BusUser.services.map(\.name) {
                        let log = contents(of: "\(suite.folder)/log/\(service).log")
                        #expect(!log.contains("uthorization failed"), "\(service): \(log.suffix(1000))")
                    }
                }
            }
        }

        /// Gives the rights by Apache Kafka's own tool, in the lines that `rapport users acls` prints.
        @Loop private func allow(_ brokers: String) async throws {
            let folder = try TestPaths.temporaryFolder()
            defer { TestPaths.remove(folder) }
            let settings = """
                security.protocol=SASL_PLAINTEXT
                sasl.mechanism=PLAIN
                sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="admin" password="admin-s";

                """
            try settings.write(toFile: folder + "/admin.properties", atomically: false, encoding: .utf8)
            let kafka = try #require(ApacheKafka.path)
            let lines = BusRight.acls(BusUser.rights).map { line in
                "'\(kafka)' acls --bootstrap-server \(brokers) --command-config \(folder)/admin.properties --add \(line)"
            }
            #expect(lines.count < 30)
            let script = (["set -e"] + lines).joined(separator: "\n")
            let run = try ChildProcess("/bin/bash", ["-c", script], output: folder + "/log")
            guard try await run.exit().isSuccess else {
                throw SuiteFailure("the rights were not taken:\n\(contents(of: folder + "/log").suffix(2000))")
            }
        }
    }
}
