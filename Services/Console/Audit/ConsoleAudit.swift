import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

extension Capability {
    /// Who did what in the console.
    static let consoleAudit = Capability.audit { context in
        // Always the same for one secret: whoever keeps a head can check it years later.
        let seed = try context.shared(ConsoleSecret.init).key(for: "audit heads")
        return AuditTree(
            context, origin: "rapport/console", key: Ed25519.PrivateKey(seed: seed) ?? Ed25519.PrivateKey())
    }
}
