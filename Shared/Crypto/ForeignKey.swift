import COpenSSL

/// A public key of somebody else, by which what he has signed is checked: of a passkey, or of a provider of sign-on. What is signed here is
/// signed with Ed25519 alone.
public struct ForeignKey: Sendable {
    /// How it signs, by the numbers of COSE (RFC 9053).
    public enum Algorithm: Int, Sendable, CaseIterable {
        /// ECDSA on P-256 with SHA-256.
        case es256 = -7
        /// Ed25519.
        case edDSA = -8
        /// RSA PKCS #1 v1.5 with SHA-256.
        case rs256 = -257
    }

    /// How it signs.
    public let algorithm: Algorithm
    /// The key as X.509 has it (SubjectPublicKeyInfo), to be kept.
    public let bytes: [UInt8]
    private let key: KeyHandle

    /// Takes a key as X.509 has it; nil for what is none of its algorithm, or of RSA less than 2048 bits.
    public init?(_ algorithm: Algorithm, x509 bytes: [UInt8]) {
        let read: OpaquePointer? = bytes.withUnsafeBufferPointer { buffer in
            var start = buffer.baseAddress
            return d2i_PUBKEY(nil, &start, buffer.count)
        }
        guard let read else {
            ERR_clear_error()
            return nil
        }
        key = KeyHandle(read)
        self.algorithm = algorithm
        self.bytes = bytes
        let isRight =
            switch algorithm {
            case .es256: EVP_PKEY_get_base_id(read) == EVP_PKEY_EC && EVP_PKEY_get_bits(read) == 256
            case .edDSA: EVP_PKEY_get_base_id(read) == EVP_PKEY_ED25519
            case .rs256: EVP_PKEY_get_base_id(read) == EVP_PKEY_RSA && (2048...8192).contains(EVP_PKEY_get_bits(read))
            }
        guard isRight else { return nil }
    }

    /// Takes the coordinates of a point on P-256; nil for one that is not on it.
    public init?(x: [UInt8], y: [UInt8]) {
        guard x.count == 32, y.count == 32 else { return nil }
        // AlgorithmIdentifier { id-ecPublicKey, prime256v1 }
        let kind: [UInt8] = [
            0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D,
            0x03,
            0x01, 0x07,
        ]
        self.init(.es256, x509: DER.sequence(kind + DER.bits([0x04] + x + y)))
    }

    /// Takes the 32 bytes of an Ed25519 key.
    public init?(ed25519 bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.init(.edDSA, x509: DER.sequence([0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70] + DER.bits(bytes)))
    }

    /// Takes modulus and exponent of an RSA key.
    public init?(modulus: [UInt8], exponent: [UInt8]) {
        // AlgorithmIdentifier { rsaEncryption, NULL }
        let kind: [UInt8] = [
            0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00,
        ]
        let key = DER.sequence(DER.integer(modulus) + DER.integer(exponent))
        self.init(.rs256, x509: DER.sequence(kind + DER.bits(key)))
    }

    /// Whether a signature of a message is by the owner of the key; of ECDSA as X.509 has it.
    public func isValid(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        let digest = algorithm == .edDSA ? nil : EVP_sha256()
        let isValid =
            EVP_DigestVerifyInit(context, nil, digest, nil, key.pointer) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
        // A refusal leaves its reasons with the thread, where a later caller would take them for his.
        if !isValid { ERR_clear_error() }
        return isValid
    }

    /// The same of a signature as JWS has it (RFC 7518, 3.4): of ECDSA two numbers of 32 bytes.
    public func isValid(joined signature: [UInt8], of message: [UInt8]) -> Bool {
        guard algorithm == .es256 else { return isValid(signature, of: message) }
        guard signature.count == 64 else { return false }
        let (r, s) = (Array(signature.prefix(32)), Array(signature.suffix(32)))
        return isValid(DER.sequence(DER.integer(r) + DER.integer(s)), of: message)
    }
}

/// As much of DER (X.690) as keys and signatures need.
private enum DER {
    static func sequence(_ content: [UInt8]) -> [UInt8] { [0x30] + length(content.count) + content }
    static func bits(_ content: [UInt8]) -> [UInt8] { [0x03] + length(content.count + 1) + [0x00] + content }

    /// A number that is not negative, the highest byte first.
    static func integer(_ bytes: [UInt8]) -> [UInt8] {
        var digits = Array(bytes.drop { $0 == 0 })
        if digits.isEmpty || digits[0] >= 0x80 { digits.insert(0, at: 0) }
        return [0x02] + length(digits.count) + digits
    }

    private static func length(_ count: Int) -> [UInt8] {
        if count < 0x80 { return [UInt8(count)] }
        var digits: [UInt8] = []
        var rest = count
        while rest > 0 {
            digits.insert(UInt8(rest & 0xFF), at: 0)
            rest >>= 8
        }
        return [0x80 | UInt8(digits.count)] + digits
    }
}
