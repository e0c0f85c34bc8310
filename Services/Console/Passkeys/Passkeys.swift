import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit
import Telemetry

extension Capability {
    /// Keys by which a person shows who he is, without a password.
    static let passkeys = Capability(
        "passkeys", "keys by which a person shows who he is", migrations: [PasskeyStore.migration],
        statements: PasskeyStore.statements, standings: [.own("passkey"), .own("passkey_question")]
    ) { context in
        let forgetting = SteadyWork(
            context.log, every: .seconds(600), failing: "answered questions of passkeys are kept")
        return CapabilityParts(background: [
            {
                await forgetting.run {
                    try await context.transaction { $0.enqueue(PasskeyStore.forget) }
                    return false
                }
            }
        ])
    }
}

/// Making passkeys, and signing in with them (WebAuthn). A question is signed and carried by the browser that it was put to, in a cookie that
/// no script reads; it is spent by its answer.
@Loop
final class Passkeys {
    /// A question, as the browser is asked it.
    struct Question {
        /// What the cookie carries.
        let challenge: String
        /// Options for `navigator.credentials`, JSON.
        let options: [UInt8]
    }

    private let context: ServiceContext
    private let signIn: SignIn
    private let check: PasskeyCheck?
    private let challenges: SignedToken

    init(_ context: ServiceContext) throws {
        self.context = context
        signIn = try context.shared(SignIn.init)
        check = PasskeyCheck(address: try context.shared(ConsoleAddress.init).text)
        challenges = SignedToken(key: try context.shared(ConsoleSecret.init).key(for: "passkeys"), purpose: "passkey")
    }

    /// Whether browsers make passkeys for the console's address: it must have a name, and be encrypted where it is not this machine.
    var canBe: Bool { check != nil }

    private func challenge(for use: String) -> String {
        challenges.make("\(use) \(UUID().text)", expires: Date().addingTimeInterval(300))
    }

    /// Refuses what was not asked here, or longer ago than five minutes.
    private func checkAsked(_ challenge: String, for use: String) throws {
        guard let payload = try? challenges.verify(challenge), payload.hasPrefix(use + " ") else {
            throw Problem(status: 401, detail: "Five minutes have gone by: try again.")
        }
    }

    private func spend(_ challenge: String, in transaction: Transaction) async throws {
        let digest = SQLBytes(SHA256.digest(Array(challenge.utf8)))
        guard try await !transaction.rows(PasskeyStore.spend, digest).isEmpty else { throw refusal }
    }

    private func needed() throws -> PasskeyCheck {
        guard let check else {
            throw Problem(
                status: .conflict, detail: "There are no passkeys for an address that is not encrypted or has no name.")
        }
        return check
    }

    private var refusal: Problem { Problem(status: 401, detail: "This passkey was not taken.") }

    // MARK: Making one

    /// Asks for a new one of a person.
    func askToMake(_ session: Session) async throws -> Question {
        let check = try needed()
        let challenge = challenge(for: session.id.text)
        let email = try await context.rows(SignInStore.addressOf, session.person).first ?? nil
        let held = try await context.rows(PasskeyStore.held, session.person).map { credential, transports in
            PasskeyOptions.Known(credential.bytes, transports)
        }
        let options = PasskeyOptions.Making(
            challenge, host: check.host, person: session.person, name: email ?? session.name, called: session.name,
            but: held)
        return Question(challenge: challenge, options: Array(try JSONEncoder().encode(options)))
    }

    /// Keeps the one that was made.
    func keep(_ said: String, challenge: String, name: String, of session: Session) async throws {
        try checkAsked(challenge, for: session.id.text)
        let called = try FieldCheck.needed(name, "name", atMost: 60)
        let made: PasskeyCheck.New
        do throws(PasskeyCheck.Refusal) {
            made = try needed(said, challenge)
        } catch {
            context.log.info("a passkey was refused", ["why": "\(error)"])
            throw refusal
        }
        try await context.transaction { transaction in
            try await spend(challenge, in: transaction)
            let kept = try await transaction.rows(
                PasskeyStore.add, UUID.v7(), session.person, SQLBytes(made.credential), made.key.algorithm.rawValue,
                SQLBytes(made.key.bytes), made.count, called, made.transports, made.isBackedUp)
            guard !kept.isEmpty else { throw Problem(status: .conflict, detail: "This passkey is kept already.") }
            Audit.write(AuditEntry("passkey.made", "person:\(session.person.text)"), in: transaction)
        }
    }

    private func needed(_ said: String, _ challenge: String) throws(PasskeyCheck.Refusal) -> PasskeyCheck.New {
        guard let check else { throw .notAsked }
        return try check.made(PasskeyCheck.Sent(said), challenge: challenge)
    }

    /// Gives one of a person another name.
    func rename(_ id: UUID, _ name: String, of session: Session) async throws {
        let called = try FieldCheck.needed(name, "name", atMost: 60)
        try await change("passkey.named", session) {
            try await $0.rows(PasskeyStore.rename, id, session.person, called)
        }
    }

    /// Takes one of a person away: it opens nothing from now on.
    func remove(_ id: UUID, of session: Session) async throws {
        try await change("passkey.removed", session) { try await $0.rows(PasskeyStore.remove, id, session.person) }
    }

    private func change(
        _ action: String, _ session: Session, _ work: (Transaction) async throws -> [UUID]
    ) async throws {
        try await context.transaction { transaction in
            guard try await !work(transaction).isEmpty else {
                throw Problem(status: .notFound, detail: "There is no such passkey of yours.")
            }
            Audit.write(AuditEntry(action, "person:\(session.person.text)"), in: transaction)
        }
    }

    // MARK: Signing in

    /// Asks for any that the browser has.
    func askWho() throws -> Question {
        let challenge = challenge(for: "who")
        let options = PasskeyOptions.Showing(challenge, host: try needed().host)
        return Question(challenge: challenge, options: Array(try JSONEncoder().encode(options)))
    }

    /// Begins a session of whoever has answered. A passkey is known and held, so nothing more is asked.
    func begin(
        _ said: String, challenge: String, device: String?, from caller: Caller
    ) async throws -> SignIn.Begun {
        try checkAsked(challenge, for: "who")
        let check = try needed()
        guard let sent = try? PasskeyCheck.Sent(said), let credential = sent.credential,
            let (id, person, name, algorithm, bytes, count) = try await context.rows(
                PasskeyStore.found, SQLBytes(credential)
            ).first, let known = ForeignKey.Algorithm(rawValue: algorithm),
            let key = ForeignKey(known, x509: bytes.bytes)
        else { throw refusal }
        let shown: (count: Int, isBackedUp: Bool)
        do throws(PasskeyCheck.Refusal) {
            shown = try check.shown(sent, challenge: challenge, key: key, count: count, person: person)
        } catch {
            context.log.info("a passkey was refused", ["why": "\(error)"])
            if error == .copied { try await tellCopied(person, name, caller) }
            throw refusal
        }
        return try await context.transaction { transaction in
            try await spend(challenge, in: transaction)
            guard try await !transaction.rows(PasskeyStore.use, id, shown.count, shown.isBackedUp).isEmpty else {
                throw refusal
            }
            return try signIn.begin(of: person, name, device: device, from: caller, in: transaction)
        }
    }

    /// Somebody else has the key: that is written down, for nobody would see it otherwise.
    private func tellCopied(_ person: UUID, _ name: String, _ caller: Caller) async throws {
        let actor = AuditActor(id: "person:\(person.text)", name: name, address: caller.address)
        try await context.transaction {
            Audit.write(AuditEntry("passkey.copied", "person:\(person.text)", by: actor), in: $0)
        }
    }
}
