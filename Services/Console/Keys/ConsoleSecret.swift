import Crypto
import EventLoop
import FoundationEssentials
import ServiceKit
import Telemetry

/// The console's secret, and the keys that follow from it: one for each use, so that what is sealed for one cannot be opened by another. While it
/// is changed, the one of before opens what it has sealed, and seals nothing any more.
@Loop
final class ConsoleSecret {
    private let bytes: [UInt8]
    private let before: [UInt8]?

    init(_ context: ServiceContext) throws {
        let secret = try context.settings.optional(
            Setting<String>(
                "CONSOLE_SECRET", isSecret: true,
                help: "seals signing keys and second factors in the database; the same in all processes",
                read: Self.read))
        before = try context.settings.optional(
            Setting<String>(
                "CONSOLE_SECRET_BEFORE", isSecret: true,
                help: "the secret of before, while another takes its place: what it has sealed is sealed anew",
                read: Self.read)
        ).map { Array($0.utf8) }
        if secret == nil {
            context.log.warning(
                "CONSOLE_SECRET is not set: signing keys and second factors are worth nothing when this process ends")
        }
        bytes = secret.map { Array($0.utf8) } ?? SecureRandom.bytes(32)
    }

    private nonisolated static func read(_ text: String) -> String? { text.utf8.count >= 16 ? text : nil }

    /// Whether another secret takes the place of one before.
    var isChanging: Bool { before != nil }

    /// The key for a use.
    func key(for use: String) -> [UInt8] { HMAC.sha256(key: bytes, message: Array(use.utf8)) }

    /// The key for a use, of the secret of before.
    func keyBefore(for use: String) -> [UInt8]? { before.map { HMAC.sha256(key: $0, message: Array(use.utf8)) } }

    /// Seals for a use; `context` is what it belongs to.
    func seal(_ text: [UInt8], for use: String, context: String) throws -> [UInt8] {
        try AESGCM.seal(text, key: key(for: use), context: Array(context.utf8))
    }

    /// Opens what was sealed for a use, with this secret or the one of before; `isOld` says with that.
    func open(_ sealed: [UInt8], for use: String, context: String) throws -> (text: [UInt8], isOld: Bool) {
        do {
            return (try AESGCM.open(sealed, key: key(for: use), context: Array(context.utf8)), false)
        } catch {
            guard let old = keyBefore(for: use) else { throw error }
            return (try AESGCM.open(sealed, key: old, context: Array(context.utf8)), true)
        }
    }
}
