import COpenSSL

/// Encryption that also shows tampering: AES-256 in Galois counter mode.
///
/// A sealed text is a random nonce of 12 bytes, the encrypted text and a tag of 16 bytes. One key may seal some
/// 2^32 texts; give each subject or purpose a key of its own.
public enum AESGCM {
    /// Why a text was not sealed or opened.
    public enum Failure: Error {
        /// The key is not 32 bytes long.
        case keyLength
        /// The text, the key or the authenticated data is not that of the sealing.
        case notAuthentic
        /// The library refused.
        case refused
    }

    private static let nonceLength = 12
    private static let tagLength = 16

    /// Encrypts; `context` is not stored and must be the same when opening (the row's id, so that rows cannot be swapped).
    public static func seal(_ text: [UInt8], key: [UInt8], context: [UInt8] = []) throws(Failure) -> [UInt8] {
        let nonce = SecureRandom.bytes(nonceLength)
        let cipher = try Cipher(key: key, nonce: nonce, seals: true)
        try cipher.authenticate(context)
        let encrypted = try cipher.process(text)
        var tag = [UInt8](repeating: 0, count: tagLength)
        guard cipher.finish(), cipher.control(EVP_CTRL_AEAD_GET_TAG, &tag) else { throw .refused }
        return nonce + encrypted + tag
    }

    /// Decrypts what `seal` gave.
    public static func open(_ sealed: [UInt8], key: [UInt8], context: [UInt8] = []) throws(Failure) -> [UInt8] {
        guard sealed.count >= nonceLength + tagLength else { throw .notAuthentic }
        let cipher = try Cipher(key: key, nonce: Array(sealed.prefix(nonceLength)), seals: false)
        try cipher.authenticate(context)
        let text = try cipher.process(Array(sealed.dropFirst(nonceLength).dropLast(tagLength)))
        var tag = Array(sealed.suffix(tagLength))
        guard cipher.control(EVP_CTRL_AEAD_SET_TAG, &tag) else { throw .refused }
        guard cipher.finish() else { throw .notAuthentic }
        return text
    }

    /// One use of the library's cipher, in either direction.
    private final class Cipher {
        private let context: OpaquePointer
        /// Fetched once: to look it up in the library at each use costs more than to seal an event.
        private nonisolated(unsafe) static let algorithm = EVP_CIPHER_fetch(nil, "AES-256-GCM", nil)

        init(key: [UInt8], nonce: [UInt8], seals: Bool) throws(Failure) {
            guard key.count == 32 else { throw .keyLength }
            guard let context = EVP_CIPHER_CTX_new() else { throw .refused }
            self.context = context
            // The nonce length of 12 bytes is the mode's default.
            guard EVP_CipherInit_ex(context, Self.algorithm, nil, key, nonce, seals ? 1 : 0) == 1 else {
                throw .refused
            }
        }

        deinit { EVP_CIPHER_CTX_free(context) }

        func authenticate(_ bytes: [UInt8]) throws(Failure) {
            var length: Int32 = 0
            guard !bytes.isEmpty else { return }
            guard EVP_CipherUpdate(context, nil, &length, bytes, Int32(clamping: bytes.count)) == 1 else {
                throw .refused
            }
        }

        func process(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
            guard !bytes.isEmpty else { return [] }
            var output = [UInt8](repeating: 0, count: bytes.count)
            var length: Int32 = 0
            guard EVP_CipherUpdate(context, &output, &length, bytes, Int32(clamping: bytes.count)) == 1,
                Int(length) == bytes.count
            else { throw .refused }
            return output
        }

        func control(_ command: Int32, _ tag: inout [UInt8]) -> Bool {
            EVP_CIPHER_CTX_ctrl(context, command, Int32(tag.count), &tag) == 1
        }

        func finish() -> Bool {
            var unused: (UInt64, UInt64) = (0, 0)
            var length: Int32 = 0
            return withUnsafeMutableBytes(of: &unused) { raw in
                EVP_CipherFinal_ex(context, raw.baseAddress?.assumingMemoryBound(to: UInt8.self), &length) == 1
            }
        }
    }
}
