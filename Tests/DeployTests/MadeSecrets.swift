import EventLoop
import TestKit

/// A folder of secrets, as `make-secrets` draws them.
struct MadeSecrets {
    /// Where they are.
    let folder: String

    /// Draws secrets for a database at a host.
    @Loop static func make(_ host: String, in folder: String? = nil) async throws -> MadeSecrets {
        let folder = try folder ?? TestPaths.temporaryFolder() + "/secrets"
        let made = try await DeployFiles.run("make-secrets", [folder, host])
        guard made.status == 0 else { throw DeployFault(made.said) }
        return MadeSecrets(folder: folder)
    }

    /// Those of a service.
    func settings(of service: String) -> [String: String] {
        DeclaredSettings.lines(TestPaths.contents("\(folder)/\(service)"))
    }

    /// By what a user of the Broker signs in, as librdkafka has it.
    func busSettings(of user: String) -> [String: String] {
        let lines = TestPaths.contents("\(folder)/bus").split(separator: "\n")
        let password = lines.first { $0.hasPrefix(user + ":") }?.dropFirst(user.count + 1) ?? ""
        return [
            "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "SCRAM-SHA-256", "sasl.username": user,
            "sasl.password": String(password),
        ]
    }

    /// Makes the services' roles with these passwords.
    @Loop func makeRoles(as admin: String) async throws {
        let made = try await DeployFiles.run("database/make-roles", [folder, admin])
        guard made.status == 0 else { throw DeployFault(made.said) }
    }

    /// Removes the folder that was made for them.
    func remove() { TestPaths.remove(String(folder.dropLast("/secrets".count))) }
}
