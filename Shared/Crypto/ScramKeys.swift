import COpenSSL

/// What is kept of a password, by RFC 5802: enough to check it, too little to sign in with.
public struct ScramKeys: Sendable, Equatable {
    /// What the exchange is done with, by the name of its mechanism.
    public enum Hash: String, Sendable, CaseIterable {
        /// RFC 7677.
        case sha256 = "SCRAM-SHA-256"
        /// The longer one, which some firms' rules ask for.
        case sha512 = "SCRAM-SHA-512"

        var size: Int { self == .sha256 ? 32 : 64 }
        var function: OpaquePointer? { self == .sha256 ? EVP_sha256() : EVP_sha512() }
    }

    /// What they were derived with.
    public let hash: Hash
    /// How often the password was hashed.
    public let iterations: Int
    /// What the client adds to the password.
    public let salt: [UInt8]
    let storedKey: [UInt8]
    let serverKey: [UInt8]

    /// Four times what RFC 7677 asks for at least: for passwords that people think of.
    public static let standardIterations = 16_384
    /// What RFC 7677 asks for at least: enough for passwords that were drawn.
    public static let leastIterations = 4096

    /// Derives the keys of a password; takes milliseconds, so not on the loop.
    public init(
        _ hash: Hash = .sha256, password: [UInt8], salt: [UInt8] = SecureRandom.bytes(16),
        iterations: Int = standardIterations
    ) {
        var salted = [UInt8](repeating: 0, count: hash.size)
        let done = password.withUnsafeBytes { raw in
            PKCS5_PBKDF2_HMAC(
                raw.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(clamping: raw.count), salt,
                Int32(clamping: salt.count), Int32(clamping: iterations), hash.function, Int32(hash.size), &salted)
        }
        precondition(done == 1, "OpenSSL has no PBKDF2")
        self.init(
            hash: hash, iterations: iterations, salt: salt,
            storedKey: Self.digest(Self.code(salted, Array("Client Key".utf8), hash), hash),
            serverKey: Self.code(salted, Array("Server Key".utf8), hash))
    }

    /// Keys that no password has, the same each time for a name: whoever asks for a user who is not there meets what is there.
    public init(of nobody: String, _ hash: Hash, secret: [UInt8], iterations: Int) {
        let salt = HMAC.sha256(key: secret, message: Array("salt of \(nobody)".utf8))
        self.init(
            hash: hash, iterations: iterations, salt: Array(salt.prefix(16)),
            storedKey: SecureRandom.bytes(hash.size), serverKey: SecureRandom.bytes(hash.size))
    }

    private init(hash: Hash, iterations: Int, salt: [UInt8], storedKey: [UInt8], serverKey: [UInt8]) {
        self.hash = hash
        self.iterations = iterations
        self.salt = salt
        self.storedKey = storedKey
        self.serverKey = serverKey
    }

    /// Reads `SCRAM-SHA-256$iterations:salt$storedKey:serverKey`, the form in which PostgreSQL keeps passwords too.
    public init?(_ text: String) {
        let parts = text.unicodeScalars.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 3, let hash = Hash(rawValue: String(parts[0])) else { return nil }
        let (first, second) = (parts[1].split(separator: ":"), parts[2].split(separator: ":"))
        guard first.count == 2, second.count == 2, let iterations = Int(String(first[0])),
            (Self.leastIterations...1_000_000).contains(iterations),
            let salt = Base64.decode(String(first[1])), !salt.isEmpty,
            let storedKey = Base64.decode(String(second[0])), storedKey.count == hash.size,
            let serverKey = Base64.decode(String(second[1])), serverKey.count == hash.size
        else { return nil }
        self.init(hash: hash, iterations: iterations, salt: salt, storedKey: storedKey, serverKey: serverKey)
    }

    /// The form that is kept.
    public var text: String {
        "\(hash.rawValue)$\(iterations):\(Base64.encode(salt))$\(Base64.encode(storedKey)):\(Base64.encode(serverKey))"
    }

    /// Whether a password is the one; takes milliseconds, so not on the loop.
    public func accepts(password: [UInt8]) -> Bool {
        constantTimeEqual(ScramKeys(hash, password: password, salt: salt, iterations: iterations).storedKey, storedKey)
    }

    /// The server's signature of an exchange, if the client's proof shows that it knows the password.
    public func signature(of message: [UInt8], proof: [UInt8]) -> [UInt8]? {
        let expected = Self.code(storedKey, message, hash)
        guard proof.count == expected.count else { return nil }
        let clientKey = zip(proof, expected).map { $0 ^ $1 }
        return constantTimeEqual(Self.digest(clientKey, hash), storedKey) ? Self.code(serverKey, message, hash) : nil
    }

    private static func code(_ key: [UInt8], _ message: [UInt8], _ hash: Hash) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: hash.size)
        var length: UInt32 = 0
        let done = COpenSSL.HMAC(
            hash.function, key, Int32(clamping: key.count), message, message.count, &output, &length)
        precondition(done != nil && Int(length) == hash.size, "OpenSSL has no HMAC")
        return output
    }

    private static func digest(_ bytes: [UInt8], _ hash: Hash) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: hash.size)
        var length: UInt32 = 0
        let done = EVP_Digest(bytes, bytes.count, &output, &length, hash.function, nil)
        precondition(done == 1 && Int(length) == hash.size, "OpenSSL has no digest")
        return output
    }
}
