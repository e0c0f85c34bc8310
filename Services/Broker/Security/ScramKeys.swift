import COpenSSL

/// What is kept of a password, by RFC 5802 with SHA-256: enough to check it, too little to sign in with.
struct ScramKeys: Sendable {
    let iterations: Int
    let salt: [UInt8]
    let storedKey: [UInt8]
    let serverKey: [UInt8]

    /// Four times what RFC 7677 asks for at least.
    static let standardIterations = 16_384

    /// Derives the keys of a password; takes milliseconds, so not on the loop.
    init(password: [UInt8], salt: [UInt8] = random(16), iterations: Int = standardIterations) {
        var salted = [UInt8](repeating: 0, count: 32)
        password.withUnsafeBytes { raw in
            _ = PKCS5_PBKDF2_HMAC(
                raw.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(raw.count), salt, Int32(salt.count),
                Int32(iterations), EVP_sha256(), 32, &salted)
        }
        self.iterations = iterations
        self.salt = salt
        storedKey = Self.digest(Self.hmac(salted, Array("Client Key".utf8)))
        serverKey = Self.hmac(salted, Array("Server Key".utf8))
    }

    /// Reads `SCRAM-SHA-256$iterations:salt$storedKey:serverKey`, the form in which PostgreSQL keeps passwords too.
    init?(_ text: Substring) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "SCRAM-SHA-256" else { return nil }
        let (first, second) = (parts[1].split(separator: ":"), parts[2].split(separator: ":"))
        guard first.count == 2, second.count == 2, let iterations = Int(first[0]),
            (4096...1_000_000).contains(iterations),
            let salt = Self.decode(first[1]), !salt.isEmpty, let storedKey = Self.decode(second[0]),
            storedKey.count == 32,
            let serverKey = Self.decode(second[1]), serverKey.count == 32
        else { return nil }
        self.iterations = iterations
        self.salt = salt
        self.storedKey = storedKey
        self.serverKey = serverKey
    }

    var text: String {
        "SCRAM-SHA-256$\(iterations):\(Self.encode(salt))$\(Self.encode(storedKey)):\(Self.encode(serverKey))"
    }

    /// Whether a password is the one; takes milliseconds, so not on the loop.
    func accepts(password: [UInt8]) -> Bool {
        Self.areEqual(ScramKeys(password: password, salt: salt, iterations: iterations).storedKey, storedKey)
    }

    /// The server's signature of an exchange, if the client's proof shows that it knows the password.
    func signature(of message: [UInt8], proof: [UInt8]) -> [UInt8]? {
        let expected = Self.hmac(storedKey, message)
        guard proof.count == expected.count else { return nil }
        let clientKey = zip(proof, expected).map { $0 ^ $1 }
        return Self.areEqual(Self.digest(clientKey), storedKey) ? Self.hmac(serverKey, message) : nil
    }

    private static func hmac(_ key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 0
        HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &output, &length)
        return output
    }

    private static func digest(_ bytes: [UInt8]) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: 32)
        _ = COpenSSL.SHA256(bytes, bytes.count, &output)
        return output
    }

    /// In a time that does not tell where they differ.
    private static func areEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
    }

    static func random(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    static func encode(_ bytes: [UInt8]) -> String {
        var output = [UInt8](repeating: 0, count: (bytes.count + 2) / 3 * 4 + 1)
        let count = EVP_EncodeBlock(&output, bytes, Int32(bytes.count))
        return String(decoding: output.prefix(Int(count)), as: UTF8.self)
    }

    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let input = Array(text.utf8)
        var output = [UInt8](repeating: 0, count: input.count / 4 * 3)
        guard input.count % 4 == 0, !input.isEmpty else { return input.isEmpty ? [] : nil }
        let count = EVP_DecodeBlock(&output, input, Int32(input.count))
        guard count == output.count else { return nil }
        // The library counts what stands for padding too.
        return Array(output.dropLast(input.reversed().prefix(2).prefix { $0 == UInt8(ascii: "=") }.count))
    }
}
