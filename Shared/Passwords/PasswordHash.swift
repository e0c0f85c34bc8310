import CArgon2
import Crypto

/// A password as it is kept: Argon2id (RFC 9106) with a salt of its own, in the text form that says its own cost.
public struct PasswordHash: Sendable, Equatable {
    /// `$argon2id$v=19$m=19456,t=2,p=1$…$…`
    public let text: String

    /// Takes a hash that was kept.
    public init(text: String) { self.text = text }

    /// Hashes a password. It takes the memory and the time of `cost`: not on the loop.
    public static func make(_ password: String, cost: PasswordCost = .standard) throws(PasswordFailure) -> PasswordHash
    {
        try make(password, salt: SecureRandom.bytes(16), length: 32, cost)
    }

    static func make(
        _ password: String, salt: [UInt8], length: Int, _ cost: PasswordCost
    ) throws(PasswordFailure) -> PasswordHash {
        let bytes = Array(password.utf8)
        let room = argon2_encodedlen(
            cost.passes, cost.memoryKiB, cost.lanes, UInt32(salt.count), UInt32(length), Argon2_id)
        var output = [CChar](repeating: 0, count: room)
        let outcome = argon2id_hash_encoded(
            cost.passes, cost.memoryKiB, cost.lanes, bytes, bytes.count, salt, salt.count, length, &output,
            output.count)
        guard outcome == ARGON2_OK.rawValue else { throw PasswordFailure(code: outcome) }
        return PasswordHash(
            text: String(decoding: output.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    /// Whether it is the hash of a password. It takes as long as making it did: not on the loop.
    public func matches(_ password: String) -> Bool {
        // What was kept says how much memory it takes: a row that somebody changed must not take all there is.
        guard let cost, cost.memoryKiB <= PasswordCost.most.memoryKiB, cost.passes <= PasswordCost.most.passes else {
            return false
        }
        let bytes = Array(password.utf8)
        return argon2id_verify(text, bytes, bytes.count) == ARGON2_OK.rawValue
    }

    /// Whether it should be made anew when its password is next given: it was cheaper than `cost`.
    public func isCheaper(than cost: PasswordCost) -> Bool {
        guard let own = self.cost else { return true }
        return own.memoryKiB < cost.memoryKiB || own.passes < cost.passes
    }

    /// What it says of its cost; nil where it is no hash of this kind.
    private var cost: PasswordCost? {
        let parts = text.split(separator: "$")
        guard parts.count == 5, parts[0] == "argon2id", parts[1] == "v=19" else { return nil }
        let numbers = parts[2].split(separator: ",").compactMap { part -> UInt32? in
            part.firstIndex(of: "=").flatMap { UInt32(part[part.index(after: $0)...]) }
        }
        guard numbers.count == 3 else { return nil }
        return PasswordCost(memoryKiB: numbers[0], passes: numbers[1], lanes: numbers[2])
    }
}

/// What hashing a password costs whoever tries passwords, and us.
public struct PasswordCost: Sendable, Equatable {
    /// Memory in KiB.
    public let memoryKiB: UInt32
    /// How often all of it is gone over.
    public let passes: UInt32
    /// Threads; one, for many are signed in side by side anyway.
    public let lanes: UInt32

    /// Says what it costs.
    public init(memoryKiB: UInt32, passes: UInt32, lanes: UInt32 = 1) {
        self.memoryKiB = memoryKiB
        self.passes = passes
        self.lanes = lanes
    }

    /// The first of those that OWASP recommends for one thread: 19 MiB, gone over twice.
    public static let standard = PasswordCost(memoryKiB: 19_456, passes: 2)
    /// More than this is never taken.
    static let most = PasswordCost(memoryKiB: 262_144, passes: 16)
}

/// The library could not hash, for want of memory as a rule.
public struct PasswordFailure: Error, CustomStringConvertible {
    let code: Int32
    /// For people.
    public var description: String { "the password was not hashed: \(String(cString: argon2_error_message(code)))" }
}
