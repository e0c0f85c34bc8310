import Crypto
import EventLoop
import ServiceKit

extension Capability {
    /// Who did what in the console.
    static let consoleAudit = Capability.audit(of: "console", since: "m202611302248_audit") { context in
        // Always the same for one secret: whoever keeps a head can check it years later.
        Ed25519.PrivateKey(seed: try context.shared(ConsoleSecret.init).key(for: "audit heads"))
    }
}
