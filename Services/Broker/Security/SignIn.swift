import Crypto
import EventLoop

/// Who may sign in, and what keeps it secret who may not.
struct SignInBook: Sendable {
    let users: Users
    /// From which the salts of users are made who are not there.
    let secret: [UInt8]

    /// Reads the secret of a data folder, which is drawn when first needed: a salt that changed with a new start would tell that
    /// nobody has it. Waits for the disk.
    init(_ users: Users, folder: String) throws {
        self.users = users
        let path = "\(folder)/sign-in-secret"
        if let kept = try Disk.contents(of: path), kept.count == 32 {
            secret = kept
            return
        }
        secret = SecureRandom.bytes(32)
        let before = umask(0o077)
        defer { umask(before) }
        try Disk.replace(path, with: secret)
    }

    /// The keys of a user, or ones like them that no password has.
    func keys(of name: String, _ hash: ScramKeys.Hash) throws -> ScramKeys {
        try users.keys(of: name, hash, secret: secret)
    }
}

/// How one client signs in: SASL with PLAIN (RFC 4616) or SCRAM (RFC 5802, 7677).
@Loop
final class SignIn {
    /// What follows a client's token.
    enum Step {
        /// Our token; the exchange goes on.
        case more([UInt8])
        /// Our last token: the client is who it says.
        case done([UInt8])
        /// To be told to the client, which is then disconnected.
        case refused(String)
    }

    nonisolated static let mechanisms = ["PLAIN"] + ScramKeys.Hash.allCases.map(\.rawValue)

    private let book: SignInBook
    private var mechanism: String?
    /// Who the client is, once it has shown that.
    private(set) var user = ""
    private var exchange: ScramExchange?
    /// Whether the next frame is a bare token: so it is after the oldest handshake.
    private(set) var isRaw = false
    private(set) var isDone = false
    private static let derivation = SlowWork()
    private static let refusal = "Authentication failed: Invalid username or password"

    init(_ book: SignInBook) { self.book = book }

    /// Whether a mechanism was agreed on.
    var hasBegun: Bool { mechanism != nil }

    /// Begins with a mechanism; false if it is none of ours.
    func begin(_ name: String, isRaw: Bool) -> Bool {
        guard Self.mechanisms.contains(name) else { return false }
        mechanism = name
        self.isRaw = isRaw
        return true
    }

    /// Takes a token of the client.
    func take(_ token: [UInt8]) async -> Step {
        let begin = Loop.now
        let step = await answer(token)
        switch step {
        case .done:
            isDone = true
            isRaw = false
        case .refused:
            // As late as every refusal: guessing is slow, and the time does not tell which users there are.
            try? await Loop.sleep(for: .milliseconds(300) - (Loop.now - begin))
        case .more: break
        }
        return step
    }

    private func answer(_ token: [UInt8]) async -> Step {
        let text = String(decoding: token, as: UTF8.self)
        guard let hash = mechanism.flatMap({ ScramKeys.Hash(rawValue: $0) }) else { return await plain(text) }
        guard let exchange else {
            guard let fresh = ScramExchange(text), let keys = await keys(of: fresh.user, hash) else {
                return .refused(Self.refusal)
            }
            exchange = fresh
            return .more(Array(fresh.challenge(keys).utf8))
        }
        guard let signature = exchange.verify(text) else { return .refused(Self.refusal) }
        user = exchange.user
        return .done(Array(signature.utf8))
    }

    private func plain(_ text: String) async -> Step {
        let parts = text.split(separator: "\0", omittingEmptySubsequences: false).map { String($0) }
        guard parts.count == 3, parts[0].isEmpty || parts[0] == parts[1], let keys = await keys(of: parts[1], .sha256)
        else { return .refused(Self.refusal) }
        let password = Array(parts[2].utf8)
        let isRight = try? await Self.derivation.run { keys.accepts(password: password) }
        guard isRight == true else { return .refused(Self.refusal) }
        user = parts[1]
        return .done([])
    }

    private func keys(of name: String, _ hash: ScramKeys.Hash) async -> ScramKeys? {
        let book = book
        return try? await Loop.offload { try book.keys(of: name, hash) }
    }
}

/// One exchange of SCRAM, from the client's first message on.
@Loop
private final class ScramExchange {
    let user: String
    private let header: Substring
    private let first: Substring
    private var nonce: String
    private var server = ""
    private var keys: ScramKeys?

    /// Reads `n,,n=user,r=nonce`; nil for what is malformed, or asks for a channel binding or for another's rights.
    init?(_ text: String) {
        let parts = text.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "n" || parts[0] == "y" else { return nil }
        header = text[..<parts[2].startIndex]
        first = parts[2]
        guard let name = Self.attribute("n", of: first), let nonce = Self.attribute("r", of: first), !nonce.isEmpty
        else {
            return nil
        }
        user = Self.unescaped(name)
        self.nonce = String(nonce)
        guard parts[1].isEmpty || parts[1] == "a=\(name)" else { return nil }
    }

    /// The server's first message.
    func challenge(_ keys: ScramKeys) -> String {
        self.keys = keys
        nonce += Base64.encode(SecureRandom.bytes(18))
        server = "r=\(nonce),s=\(Base64.encode(keys.salt)),i=\(keys.iterations)"
        return server
    }

    /// The server's last message, if the client's last proves that it knows the password.
    func verify(_ text: String) -> String? {
        guard let keys, let comma = text.lastIndex(of: ","),
            let proof = Self.attribute("p", of: text[comma...].dropFirst()),
            let proof = Base64.decode(String(proof)), let given = Self.attribute("r", of: text[...]),
            Self.attribute("c", of: text[...]).flatMap({ Base64.decode(String($0)) }) == Array(header.utf8),
            // Older librdkafka repeats its own part of the nonce; ours is inside all the same.
            given.hasSuffix(nonce)
        else { return nil }
        let message = "\(first),\(server),\(text[..<comma])"
        return keys.signature(of: Array(message.utf8), proof: proof).map { "v=\(Base64.encode($0))" }
    }

    private static func attribute(_ name: String, of text: Substring) -> Substring? {
        // By code points: what follows a sign may be a mark that joins it.
        text.unicodeScalars.split(separator: ",").first { $0.starts(with: "\(name)=".unicodeScalars) }
            .map { Substring($0.dropFirst(2)) }
    }

    /// `=2C` stands for a comma and `=3D` for an equals sign.
    private static func unescaped(_ name: Substring) -> String {
        let parts = name.unicodeScalars.split(separator: "=", omittingEmptySubsequences: false)
        return parts.dropFirst().reduce(into: String(parts.first.map(Substring.init) ?? "")) { text, part in
            let sign = ["2C": ",", "3D": "="][String(Substring(part.prefix(2)))]
            text += sign.map { $0 + String(Substring(part.dropFirst(2))) } ?? String(Substring(part))
        }
    }
}

extension API {
    /// Signing in.
    static let securityAPIs = read(
        """
        17 SaslHandshake 0-1
          > Mechanism s
          < ErrorCode i16; Mechanisms [s]

        36 SaslAuthenticate 0-2 flexible 2
          > AuthBytes b
          < ErrorCode i16; ErrorMessage s ?; AuthBytes b; SessionLifetimeMs i64 1+
        """)
}
