import COpenSSL

/// The SHA-256 digest of FIPS 180-4.
public enum SHA256 {
    /// The 32 bytes of the digest.
    public static func digest(_ bytes: [UInt8]) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: 32)
        let done = COpenSSL.SHA256(bytes, bytes.count, &output)
        // Only a broken installation of the library refuses; a digest of zeros would be worse than the end.
        precondition(done != nil, "OpenSSL has no SHA-256")
        return output
    }
}

/// The SHA-1 digest: for UUID version 5 only, and within the one-time codes of telephones; it is broken as a seal.
public enum SHA1 {
    /// The 20 bytes of the digest.
    public static func digest(_ bytes: [UInt8]) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: 20)
        let done = COpenSSL.SHA1(bytes, bytes.count, &output)
        precondition(done != nil, "OpenSSL has no SHA-1")
        return output
    }
}

/// Message authentication codes of RFC 2104.
public enum HMAC {
    /// The 32 bytes of HMAC-SHA256.
    public static func sha256(key: [UInt8], message: [UInt8]) -> [UInt8] { code(EVP_sha256(), 32, key, message) }

    /// The 20 bytes of HMAC-SHA1, as RFC 6238 has it.
    static func sha1(key: [UInt8], message: [UInt8]) -> [UInt8] { code(EVP_sha1(), 20, key, message) }

    private static func code(_ digest: OpaquePointer?, _ size: Int, _ key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: size)
        var length: UInt32 = 0
        // The library reads a null key as "the previous one", so an empty key needs an address too.
        let padded = key.isEmpty ? [0] : key
        let done = COpenSSL.HMAC(
            digest, padded, Int32(clamping: key.count), message, message.count, &output, &length)
        precondition(done != nil && length == size, "OpenSSL lacks a digest")
        return output
    }
}

/// Whether two byte strings are equal, in a time that tells only their lengths: for codes, tokens and password hashes.
public func constantTimeEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
}

/// Bytes that nobody can guess.
public enum SecureRandom {
    /// Draws `count` bytes.
    public static func bytes(_ count: Int) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: count)
        if RAND_bytes(&output, Int32(clamping: count)) == 1, count <= Int(Int32.max) { return output }
        var system = SystemRandomNumberGenerator()
        for index in output.indices { output[index] = system.next() }
        return output
    }
}
