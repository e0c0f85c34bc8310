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

    /// Makes the services' roles with these passwords.
    @Loop func makeRoles(as admin: String) async throws {
        let made = try await DeployFiles.run("database/make-roles", [folder, admin])
        guard made.status == 0 else { throw DeployFault(made.said) }
    }

    /// Removes the folder that was made for them.
    func remove() { TestPaths.remove(String(folder.dropLast("/secrets".count))) }
}
