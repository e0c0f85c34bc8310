import EventLoop
import FoundationEssentials
import ServiceKit
import TestKit
import Testing

@Suite struct ComposeTests {
    private struct Part {
        let name: String
        let document: Document
        let program: String

        @Loop init(_ name: String, _ document: Document) {
            self.name = name
            self.document = document
            program = document["command"].texts.first ?? ""
        }

        /// Its environment, as it is where nothing is set outside.
        var environment: [String: String] {
            document["environment"].members.compactMapValues { $0.text.map(ComposeTests.filledIn) }
        }
    }

    /// A value with the defaults of its `${NAME:-default}`.
    private static func filledIn(_ text: String) -> String {
        let parts = text.replacing("${", with: "\0").replacing("}", with: "\0").split(
            separator: "\0", omittingEmptySubsequences: false)
        // What stands between the signs comes at every second place.
        return parts.enumerated().map { place, part in
            place % 2 == 0 ? String(part) : part.replacing(":-", with: "\0").split(separator: "\0").dropFirst().joined()
        }.joined()
    }

    @Test @Loop func everyProgramIsGivenSettingsThatItKnows() async throws {
        guard let file = try await DeployFiles.documents("compose.yaml")?.first else { return }
        let secrets = try await MadeSecrets.make("postgres")
        defer { secrets.remove() }
        let parts = file["services"].members.map { Part($0.key, $0.value) }
        for definition in DeclaredSettings.services {
            let own = parts.filter { $0.program == "rapport-\(definition.name)" }
            #expect(Set(own.map { $0.document["command"].texts.last }) == ["migrate", "serve"])
            for part in own {
                var given = part.environment
                let path = try #require(given["RAPPORT_SETTINGS"])
                #expect(path == "/run/secrets/\(definition.name)", "\(part.name) reads another's secrets")
                #expect(part.document["secrets"].texts == [definition.name])
                given.merge(secrets.settings(of: definition.name)) { own, _ in own }
                #expect(try DeclaredSettings.faults(of: given, in: definition) == [])
            }
        }
        let broker = try #require(parts.first { $0.program == "rapport-broker" })
        #expect(DeclaredSettings.faultsOfBroker(broker.environment) == [])
    }

    @Test @Loop func whatIsNamedIsThere() async throws {
        guard let file = try await DeployFiles.documents("compose.yaml")?.first else { return }
        let services = file["services"].members
        for (name, service) in services {
            for other in service["depends_on"].members.keys { #expect(services[other] != nil, "\(name): \(other)") }
            for kind in ["secrets", "networks"] {
                for used in service[kind].texts { #expect(file[kind].members[used] != nil, "\(name): \(used)") }
            }
            for volume in service["volumes"].texts {
                let source = String(volume.prefix { $0 != ":" })
                let isThere =
                    source.hasPrefix(".")
                    ? access("\(DeployFiles.folder)/\(source)", R_OK) == 0 : file["volumes"].members[source] != nil
                #expect(isThere, "\(name): \(source)")
            }
            #expect(service["deploy", "resources", "limits", "memory"].text != nil, "\(name) has no limit")
            #expect(!service["healthcheck"].members.isEmpty, "\(name) has no health check")
            // Others on the network of this machine reach nothing.
            for port in service["ports"].texts { #expect(port.hasPrefix("127.0.0.1:"), "\(name): \(port)") }
            if service["command"].texts.last == "serve" {
                #expect(
                    service["depends_on", "\(name)-migration", "condition"] == .text("service_completed_successfully"))
                #expect(ServiceEnd.covers(service["stop_grace_period"].text, "s"), "\(name) is killed before its end")
            }
        }
    }
}

/// The longest that an orderly end of a service takes, and so the least that whoever ends it must wait.
enum ServiceEnd {
    static let seconds = 10

    /// Whether a time of the form `20s` is longer.
    static func covers(_ text: String?, _ unit: String = "") -> Bool {
        guard let text, text.hasSuffix(unit), let given = Int(text.dropLast(unit.count)) else { return false }
        return given > seconds + 2
    }
}
