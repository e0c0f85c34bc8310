import COpenSSL

/// Signatures of RFC 8032 on Curve25519: short, quick, and without a random number that could go wrong.
public enum Ed25519 {
    /// A key that signs.
    public struct PrivateKey: Sendable {
        /// Its 32 bytes.
        public let seed: [UInt8]
        /// The key that checks its signatures.
        public let publicKey: PublicKey
        private let key: KeyHandle

        /// Draws a key.
        public init() {
            // Any 32 bytes make one.
            guard let drawn = PrivateKey(seed: SecureRandom.bytes(32)) else {
                preconditionFailure("OpenSSL has no Ed25519")
            }
            self = drawn
        }

        /// Takes the 32 bytes of a key; nil for what is none.
        public init?(seed: [UInt8]) {
            guard seed.count == 32, let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count)
            else { return nil }
            let handle = KeyHandle(key)
            var raw = [UInt8](repeating: 0, count: 32)
            var length = raw.count
            guard EVP_PKEY_get_raw_public_key(key, &raw, &length) == 1, let publicKey = PublicKey(bytes: raw) else {
                return nil
            }
            self.seed = seed
            self.publicKey = publicKey
            self.key = handle
        }

        /// The 64 bytes of a message's signature.
        public func sign(_ message: [UInt8]) -> [UInt8] {
            var signature = [UInt8](repeating: 0, count: 64)
            var length = signature.count
            let context = EVP_MD_CTX_new()
            defer { EVP_MD_CTX_free(context) }
            let isDone =
                EVP_DigestSignInit(context, nil, nil, nil, key.pointer) == 1
                && EVP_DigestSign(context, &signature, &length, message, message.count) == 1
            // Only a broken installation of the library refuses; a signature of zeros would be worse than the end.
            precondition(isDone && length == 64, "OpenSSL has no Ed25519")
            return signature
        }
    }

    /// A key that checks signatures.
    public struct PublicKey: Sendable {
        /// Its 32 bytes.
        public let bytes: [UInt8]
        private let key: KeyHandle

        /// Takes the 32 bytes of a key; nil for what is none.
        public init?(bytes: [UInt8]) {
            guard bytes.count == 32, let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count)
            else { return nil }
            self.bytes = bytes
            self.key = KeyHandle(key)
        }

        /// Whether a signature of a message is by the owner of the key.
        public func isValid(_ signature: [UInt8], of message: [UInt8]) -> Bool {
            guard signature.count == 64 else { return false }
            let context = EVP_MD_CTX_new()
            defer { EVP_MD_CTX_free(context) }
            guard EVP_DigestVerifyInit(context, nil, nil, nil, key.pointer) == 1 else { return false }
            let isValid = EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
            // A refusal leaves its reasons with the thread, where a later caller would take them for his.
            if !isValid { ERR_clear_error() }
            return isValid
        }
    }
}

/// Owns a key of the library, which many threads may use at once as long as nobody changes it, and nobody does.
final class KeyHandle: @unchecked Sendable {
    let pointer: OpaquePointer
    init(_ pointer: OpaquePointer) { self.pointer = pointer }
    deinit { EVP_PKEY_free(pointer) }
}
