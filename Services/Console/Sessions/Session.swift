import Crypto
import FoundationEssentials

/// Somebody who is signed in.
struct Session: Sendable {
    /// The session.
    let id: UUID
    /// Who it is.
    let person: UUID
    let name: String
    let roles: [String]
    let language: String?
    let zone: String?
}

/// What a session is known by: drawn, shown once, kept as a digest.
struct SessionSecret: Sendable {
    let text: String

    init() { text = Base64URL.encode(SecureRandom.bytes(32)) }

    /// What is kept of a secret.
    static func digest(of text: String) -> [UInt8] { SHA256.digest(Array(text.utf8)) }
}
