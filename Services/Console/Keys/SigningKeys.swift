import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// The keys that tokens are signed with. A new one is made every thirty days and told a day before it signs, so that whoever checks tokens
/// knows it by then; the old one counts until the last token of its time has ended, and long after.
@Loop
final class SigningKeys {
    /// The public halves that count now.
    private(set) var known = WebKeys(keys: [])
    private var signer: SigningKey?
    private let context: ServiceContext
    private let secret: ConsoleSecret

    private static let use = "signing keys"

    init(_ context: ServiceContext) throws {
        self.context = context
        secret = try context.shared(ConsoleSecret.init)
    }

    /// The key that signs now.
    func current() async throws -> SigningKey {
        if let signer { return signer }
        try await look()
        guard let signer else { throw KeyFailure() }
        return signer
    }

    /// Makes and tells what is due, and takes up what other processes have made.
    func look() async throws {
        let (keys, current) = try await context.transaction { transaction in
            transaction.enqueue(KeyStore.lock)
            transaction.enqueue(KeyStore.remove)
            var (keys, current, isDue) = try await load(transaction)
            if current == nil || isDue {
                // The first signs at once: there is nobody yet who would not know it.
                let new = SigningKey(Ed25519.PrivateKey())
                transaction.enqueue(
                    KeyStore.add, new.id, SQLBytes(try seal(new)), SQLBytes(new.key.publicKey.bytes), current == nil)
                keys.append(WebKey(new.key.publicKey))
                current = current ?? new
            }
            let text = keys.map(\.kid).sorted().joined(separator: " ")
            let told: String? = try await transaction.rows(KeyStore.told).first
            if told != text {
                transaction.enqueue(KeyStore.tell, text)
                try Outbox.append(
                    SigningKeysChanged(keys: keys), topic: .people, key: SigningKeysChanged.key, sequence: nil,
                    in: transaction)
            }
            return (keys, current)
        }
        known = WebKeys(keys: keys)
        signer = current
    }

    private func load(_ transaction: Transaction) async throws -> ([WebKey], SigningKey?, isDue: Bool) {
        var keys: [WebKey] = []
        var current: SigningKey?
        var isDue = false
        for (id, seed, publicKey, signs, isOld) in try await transaction.rows(KeyStore.all) {
            guard let key = Ed25519.PublicKey(bytes: publicKey.bytes) else { continue }
            keys.append(WebKey(key))
            // The newest says whether the next one is due.
            isDue = isOld
            // One that was sealed with another secret checks tokens of before, and signs none.
            guard let opened = try? secret.open(seed.bytes, for: Self.use, context: id),
                let own = Ed25519.PrivateKey(seed: opened.text)
            else { continue }
            if opened.isOld { transaction.enqueue(KeyStore.reseal, id, SQLBytes(try seal(SigningKey(own)))) }
            if signs { current = SigningKey(own) }
        }
        return (keys, current, isDue)
    }

    private func seal(_ key: SigningKey) throws -> [UInt8] {
        try secret.seal(key.key.seed, for: Self.use, context: key.id)
    }
}

/// There is no key to sign with.
struct KeyFailure: Error {}
