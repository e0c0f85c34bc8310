import FoundationEssentials

/// The codes of an authenticator's clock: RFC 6238 as telephones have it, six digits every thirty seconds.
public struct OneTimeCodes: Sendable {
    /// What the telephone and we know.
    public let secret: [UInt8]
    private static let period = 30

    /// Takes a secret.
    public init(secret: [UInt8]) { self.secret = secret }

    /// Draws a secret, of the length that RFC 4226 recommends.
    public init() { secret = SecureRandom.bytes(20) }

    /// The secret as it is typed where no picture can be read.
    public var text: String { Base32.encode(secret) }

    /// What the picture says: `otpauth://totp/…`
    public func address(issuer: String, account: String) -> String {
        let (issuer, account) = (PercentText.encode(issuer), PercentText.encode(account))
        return "otpauth://totp/\(issuer):\(account)?secret=\(text)&issuer=\(issuer)&algorithm=SHA1&digits=6&period=30"
    }

    /// The step of time whose code was given: of this step or the one before or behind, as clocks differ, and of none up to `used`, so
    /// that a code that was seen is worth nothing. Nil where it is none of these.
    public func step(of code: String, at now: Date, after used: Int = -1) -> Int? {
        let given = Array(code.utf8.filter { $0 != UInt8(ascii: " ") })
        guard given.count == 6 else { return nil }
        let current = Int((now.timeIntervalSince1970 / Double(Self.period)).rounded(.down))
        var found: Int?
        // All are looked at, so that the time tells nothing.
        for step in current - 1...current + 1 where constantTimeEqual(Array(self.code(at: step).utf8), given) {
            if step > used { found = step }
        }
        return found
    }

    /// The code of a step of time.
    public func code(at step: Int, digits: Int = 6) -> String {
        let counter = withUnsafeBytes(of: UInt64(max(0, step)).bigEndian) { Array($0) }
        let hash = HMAC.sha1(key: secret, message: counter)
        let offset = Int(hash[19] & 15)
        let number = hash[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } & 0x7fff_ffff
        let modulus = (0..<digits).reduce(1) { product, _ in product * 10 }
        let text = String(number % modulus)
        return String(repeating: "0", count: digits - text.utf8.count) + text
    }
}

/// Codes for the day on which the telephone is lost, each good once. They are too long to be guessed, so a plain digest of each is kept.
public struct RecoveryCode: Sendable {
    /// `ABCDE-FGHIJ-KLMNO`, for people.
    public let text: String

    /// Draws a code of 75 bits.
    public init() {
        let letters = Base32.encode(SecureRandom.bytes(10)).prefix(15)
        text = stride(from: 0, to: 15, by: 5).map { start in
            let from = letters.index(letters.startIndex, offsetBy: start)
            return String(letters[from..<letters.index(from, offsetBy: 5)])
        }.joined(separator: "-")
    }

    /// What is kept of it.
    public var digest: [UInt8] { Self.digest(of: text) }

    /// What would be kept of a code as somebody typed it: case, blanks and dashes are no part of it.
    public static func digest(of typed: String) -> [UInt8] {
        let letters = typed.uppercased().utf8.filter {
            (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) || (UInt8(ascii: "2")...UInt8(ascii: "7")).contains($0)
        }
        return SHA256.digest(Array(letters))
    }
}
