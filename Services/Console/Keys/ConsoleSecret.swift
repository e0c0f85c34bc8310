import Crypto
import EventLoop
import FoundationEssentials
import ServiceKit
import Telemetry

/// The console's secret, and the keys that follow from it: one for each use, so that what is sealed for one cannot be opened by another.
@Loop
final class ConsoleSecret {
    private let bytes: [UInt8]

    init(_ context: ServiceContext) throws {
        let secret = try context.settings.optional(
            Setting<String>(
                "CONSOLE_SECRET", isSecret: true,
                help: "seals signing keys and second factors in the database; the same in all processes"
            ) { $0.utf8.count >= 16 ? $0 : nil })
        if secret == nil {
            context.log.warning(
                "CONSOLE_SECRET is not set: signing keys and second factors are worth nothing when this process ends")
        }
        bytes = secret.map { Array($0.utf8) } ?? SecureRandom.bytes(32)
    }

    /// The key for a use.
    func key(for use: String) -> [UInt8] { HMAC.sha256(key: bytes, message: Array(use.utf8)) }
}
