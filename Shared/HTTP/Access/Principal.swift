import EventLoop

/// Who asks: found by the surface from what the request carries, and never from its body.
public struct Principal: Sendable {
    /// How it was found.
    public enum Kind: String, Sendable {
        /// Nobody in particular: what is open to all.
        case anybody
        /// A program of this machine, where no credentials are asked for.
        case local
        /// Whoever holds the administrator's token.
        case administrator
        /// A program with a key of its own.
        case key
        /// Whoever holds a signed link.
        case link
        /// A person who has signed in.
        case person
    }

    /// How it was found.
    public let kind: Kind
    /// What tells it from all others, for records and limits: `key:4f1c9a02`, `person:<id>`.
    public let id: String
    /// What it is called, for people.
    public let name: String
    /// What it may do.
    public let rights: RightSet

    /// Describes who asks.
    public init(_ kind: Kind, id: String, name: String, rights: RightSet) {
        self.kind = kind
        self.id = id
        self.name = name
        self.rights = rights
    }

    /// Whether it is one of several who must not see each other's answers, unlike those who may do all.
    public var keepsOwnKeys: Bool { kind == .key || kind == .person }

    /// Nobody in particular.
    public static let anybody = Principal(.anybody, id: "anybody", name: "anybody", rights: RightSet())
    /// A program of this machine.
    public static let local = Principal(.local, id: "local", name: "local", rights: .all)
    /// The holder of the administrator's token.
    public static let administrator = Principal(
        .administrator, id: "administrator", name: "administrator", rights: .all)

    /// The holder of a signed link.
    public static func link(_ purpose: String) -> Principal {
        Principal(.link, id: "link:\(purpose)", name: "link \(purpose)", rights: RightSet())
    }
}

extension Request {
    /// Who does this, as it is written down. A person is told by his name. Of a program that acts for others, what it says of them stands in
    /// brackets behind its own name: it is its word and nobody has checked it.
    @Loop
    public func actor(for said: String? = nil) -> String {
        guard let said, !said.isEmpty, principal.kind != .person else { return principal.name }
        return "\(principal.name) (\(said))"
    }
}
