import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Passwords
import Postgres
import ServiceKit

/// Signing in: a password, then where there is one a code of the telephone, then a session.
@Loop
final class SignIn {
    /// What came of a password.
    enum Outcome {
        /// He is in.
        case session(Begun)
        /// A code is asked for; the ticket says who has given the password, for five minutes.
        case code(ticket: String)
    }

    /// A session that has begun.
    struct Begun {
        let id: UUID
        let person: UUID
        let secret: String
        /// What the browser shows the next time, as a proof that it was here.
        let device: String
    }

    private let context: ServiceContext
    private let sessions: Sessions
    /// This secret's first, then the one's of before.
    private let devices: [SignedToken]
    private let tickets: SignedToken
    private let secret: ConsoleSecret
    private let gate = Gate(2, waiting: 40)
    /// Hashed for those who are not there, so that the time says nothing of who is.
    private var nobody: PasswordHash?

    init(_ context: ServiceContext) throws {
        self.context = context
        sessions = try context.shared(Sessions.init)
        secret = try context.shared(ConsoleSecret.init)
        devices = ([secret.key(for: "devices")] + [secret.keyBefore(for: "devices")].compactMap { $0 })
            .map { SignedToken(key: $0, purpose: "device") }
        tickets = SignedToken(key: secret.key(for: "tickets"), purpose: "second factor")
    }

    // MARK: Passwords

    /// Holds a password against the one of an account.
    func password(
        _ password: String, of email: String, device: String?, from caller: Caller
    ) async throws -> Outcome {
        guard password.utf8.count <= 1000, email.utf8.count <= 254 else { throw refusal }
        let found = try await context.rows(SignInStore.credential, email).first
        let known = device.flatMap { self.device($0, of: found?.0) }
        let delay = SignInDelay(password: email, from: caller.address, device: known)
        try await delay.begin(context)
        guard let (person, name, kept, _, hasCode) = found, let text = kept else {
            try await hashInVain(password)
            throw refusal
        }
        let hash = PasswordHash(text: text)
        guard try await gate.pass({ hash.matches(password) }) else { throw refusal }
        if hash.isCheaper(than: .standard) {
            let dearer = try await gate.pass { try PasswordHash.make(password) }
            try await context.transaction { $0.enqueue(SignInStore.setHash, person, text, dearer.text) }
        }
        if hasCode == true {
            try await context.transaction { delay.end(in: $0) }
            return .code(ticket: tickets.make(person.text, expires: Date().addingTimeInterval(300)))
        }
        let begun = try await context.transaction { transaction in
            delay.end(in: transaction)
            return try begin(of: person, name, known, from: caller, in: transaction)
        }
        return .session(begun)
    }

    /// Holds a code of the telephone, or one for the day on which that is lost, against what is known of who has given the password.
    func code(_ code: String, ticket: String, device: String?, from caller: Caller) async throws -> Begun {
        guard let payload = try? tickets.verify(ticket), let person = UUID(text: payload) else {
            throw Problem(status: 401, detail: "Five minutes have gone by: begin with the password again.")
        }
        let delay = SignInDelay(code: person)
        try await delay.begin(context)
        guard let (_, name, _, sealed, hasCode) = try await context.rows(SignInStore.ofPerson, person).first,
            hasCode == true, let sealed
        else { throw wrongCode }
        let secret = try opened(sealed, of: person)
        let step = OneTimeCodes(secret: secret).step(of: code, at: Date())
        let known = device.flatMap { self.device($0, of: person) }
        return try await context.transaction { transaction in
            let used =
                if let step {
                    try await transaction.rows(SignInStore.useCode, person, step)
                } else {
                    try await transaction.rows(
                        SignInStore.useRecovery, person, SQLBytes(RecoveryCode.digest(of: code)))
                }
            guard !used.isEmpty else { throw wrongCode }
            delay.end(in: transaction)
            return try begin(of: person, name, known, from: caller, in: transaction)
        }
    }

    /// Begins a session of a person who has shown himself otherwise than by a password; `proof` is that of the browser.
    func begin(
        of person: UUID, _ name: String, device proof: String?, from caller: Caller, in transaction: Transaction
    ) throws -> Begun {
        try begin(of: person, name, proof.flatMap { device($0, of: person) }, from: caller, in: transaction)
    }

    private func begin(
        of person: UUID, _ name: String, _ known: String?, from caller: Caller, in transaction: Transaction
    ) throws -> Begun {
        let device = known ?? UUID.v7().text
        let (id, secret) = try sessions.begin(of: person, name, device: device, from: caller, in: transaction)
        let proof = devices[0].make("\(person.text) \(device)", expires: Date().addingTimeInterval(180 * 86_400))
        return Begun(id: id, person: person, secret: secret.text, device: proof)
    }

    /// The device that a proof names, where it has signed in as this person.
    private func device(_ proof: String, of person: UUID?) -> String? {
        guard let person, let payload = devices.lazy.compactMap({ try? $0.verify(proof) }).first else { return nil }
        let parts = payload.split(separator: " ")
        return parts.count == 2 && parts[0] == person.text ? String(parts[1]) : nil
    }

    private func hashInVain(_ password: String) async throws {
        if nobody == nil { nobody = try await gate.pass { try PasswordHash.make("nobody") } }
        guard let nobody else { return }
        _ = try await gate.pass { nobody.matches(password) }
    }

    private var refusal: Problem { Problem(status: 401, detail: "Email and password do not match.") }
    private var wrongCode: Problem { Problem(status: 401, detail: "The code does not match, or was used already.") }

    // MARK: Second factors, sealed

    private static let use = "second factors"

    private func opened(_ sealed: SQLBytes, of person: UUID) throws -> [UInt8] {
        try secret.open(sealed.bytes, for: Self.use, context: person.text).text
    }

    /// Seals anew what the secret of before has sealed; says how many. Once nothing is left, that one can be forgotten.
    func sealAnew() async throws -> Int {
        var count = 0
        for (person, sealed) in try await context.rows(SignInStore.sealed) {
            guard let sealed, let opened = try? secret.open(sealed.bytes, for: Self.use, context: person.text),
                opened.isOld
            else { continue }
            let anew = SQLBytes(try secret.seal(opened.text, for: Self.use, context: person.text))
            // One that was offered anew meanwhile is another.
            try await context.transaction { $0.enqueue(SignInStore.reseal, person, sealed, anew) }
            count += 1
        }
        return count
    }

    // MARK: Links

    /// Makes a link that lets a person choose a password; those of before are void.
    func makeLink(for person: UUID, hours: Int, in transaction: Transaction) throws -> String {
        let secret = SessionSecret()
        Audit.write(AuditEntry("sign-in-link.made", "person:\(person.text)"), in: transaction)
        transaction.enqueue(SignInStore.dropLinks, person)
        transaction.enqueue(SignInStore.addLink, SQLBytes(SessionSecret.digest(of: secret.text)), person, hours)
        return secret.text
    }

    /// Whose link it is; a 410 for one that was used or is over.
    func owner(of link: String) async throws -> (person: UUID, name: String, email: String?) {
        let digest = SQLBytes(SessionSecret.digest(of: link))
        guard let (person, name, email) = try await context.rows(SignInStore.link, digest).first else { throw over }
        return (person, name, email)
    }

    /// Uses a link: sets the password and begins a session. Other sessions of the person end. Who has no mail address yet says it now, for
    /// it is what he signs in with.
    func use(
        _ link: String, password: String, described: (name: String, email: String)?, from caller: Caller
    ) async throws -> Begun {
        let (person, name, email) = try await owner(of: link)
        try NewPassword.check(password, of: [described?.name ?? name, described?.email ?? email ?? ""])
        let hash = try await gate.pass { try PasswordHash.make(password) }
        let digest = SQLBytes(SessionSecret.digest(of: link))
        let actor = AuditActor(
            id: "person:\(person.text)", name: described?.name ?? name, address: caller.address)
        return try await AuditActor.$current.withValue(actor) {
            try await useLink(digest, of: (person, name, email), hash, described, from: caller)
        }
    }

    private func useLink(
        _ digest: SQLBytes, of owner: (person: UUID, name: String, email: String?), _ hash: PasswordHash,
        _ described: (name: String, email: String)?, from caller: Caller
    ) async throws -> Begun {
        let (person, name, email) = owner
        return try await context.transaction { transaction in
            guard try await transaction.rows(SignInStore.useLink, digest).first == person else { throw over }
            if email == nil {
                guard let described, let address = try FieldCheck.mail(described.email) else {
                    throw Problem.field("email", "is required")
                }
                let named = try FieldCheck.needed(described.name, "name", atMost: 200)
                try await PersonState.kept.change(person, in: transaction) {
                    $0.name = named
                    $0.email = address
                }
            }
            transaction.enqueue(SignInStore.setPassword, person, hash.text)
            transaction.enqueue(SessionStore.endOthers, person, nil, "another password")
            let called = described?.name ?? name
            Audit.write(AuditEntry("password.set", "person:\(person.text)"), in: transaction)
            return try begin(of: person, called, nil, from: caller, in: transaction)
        }
    }

    private var over: Problem { Problem(status: 410, detail: "This link was used, or its time is over.") }

    // MARK: What a person changes himself

    /// Sets another password, for who knows the one of now; other sessions of the person end.
    func change(_ old: String, to new: String, of session: Session) async throws {
        guard let (person, name, kept, _, _) = try await context.rows(SignInStore.ofPerson, session.person).first,
            let text = kept
        else { throw refusal }
        let delay = SignInDelay(code: person)
        try await delay.begin(context)
        let hash = PasswordHash(text: text)
        guard try await gate.pass({ hash.matches(old) }) else {
            throw Problem(status: 401, detail: "The password of now does not match.")
        }
        let email = try await context.rows(SignInStore.addressOf, person).first ?? nil
        try NewPassword.check(new, of: [name, email ?? ""])
        let next = try await gate.pass { try PasswordHash.make(new) }
        try await context.transaction { transaction in
            delay.end(in: transaction)
            transaction.enqueue(SignInStore.setPassword, person, next.text)
            transaction.enqueue(SessionStore.endOthers, person, session.id, "another password")
            Audit.write(AuditEntry("password.set", "person:\(person.text)"), in: transaction)
        }
    }

    /// Offers a second factor, which counts once a code of it was given.
    func offerCode(to session: Session) async throws -> OneTimeCodes {
        let codes = OneTimeCodes()
        let sealed = try secret.seal(codes.secret, for: Self.use, context: session.person.text)
        try await context.transaction { $0.enqueue(SignInStore.offerCode, session.person, SQLBytes(sealed)) }
        return codes
    }

    /// What was offered and is not confirmed yet, or whether one counts.
    func factor(of person: UUID) async throws -> (offered: OneTimeCodes?, isConfirmed: Bool, left: Int) {
        guard let (_, _, _, sealed, hasCode) = try await context.rows(SignInStore.ofPerson, person).first else {
            return (nil, false, 0)
        }
        let left = try await context.rows(SignInStore.countRecovery, person).first ?? 0
        let secret = try sealed.map { try opened($0, of: person) }
        return (hasCode == true ? nil : secret.map { OneTimeCodes(secret: $0) }, hasCode == true, left)
    }

    /// Confirms what was offered; gives the codes for the day on which the telephone is lost, which are shown once.
    func confirmCode(_ code: String, of session: Session) async throws -> [RecoveryCode] {
        let delay = SignInDelay(code: session.person)
        try await delay.begin(context)
        guard let offered = try await factor(of: session.person).offered, let step = offered.step(of: code, at: Date())
        else { throw wrongCode }
        let recovery = (0..<10).map { _ in RecoveryCode() }
        try await context.transaction { transaction in
            guard try await !transaction.rows(SignInStore.confirmCode, session.person, step).isEmpty else {
                throw wrongCode
            }
            delay.end(in: transaction)
            transaction.enqueue(SignInStore.dropRecovery, session.person)
            transaction.enqueue(SignInStore.addRecovery, session.person, recovery.map { SQLBytes($0.digest) })
            Audit.write(AuditEntry("second-factor.begun", "person:\(session.person.text)"), in: transaction)
        }
        return recovery
    }

    /// Takes the second factor away, for who gives a code of it.
    func dropCode(_ code: String, of session: Session) async throws {
        let delay = SignInDelay(code: session.person)
        try await delay.begin(context)
        guard let (_, _, _, sealed, hasCode) = try await context.rows(SignInStore.ofPerson, session.person).first,
            hasCode == true, let sealed
        else { throw wrongCode }
        let secret = try opened(sealed, of: session.person)
        guard let step = OneTimeCodes(secret: secret).step(of: code, at: Date()) else { throw wrongCode }
        try await context.transaction { transaction in
            guard try await !transaction.rows(SignInStore.useCode, session.person, step).isEmpty else {
                throw wrongCode
            }
            delay.end(in: transaction)
            transaction.enqueue(SignInStore.dropCode, session.person)
            transaction.enqueue(SignInStore.dropRecovery, session.person)
            Audit.write(AuditEntry("second-factor.ended", "person:\(session.person.text)"), in: transaction)
        }
    }
}

/// What is asked of a new password (NIST SP 800-63B): length, and nothing that stands beside it; no kinds of signs, no dates of expiry.
enum NewPassword {
    static let least = 12

    static func check(_ password: String, of words: [String]) throws {
        guard password.count >= least else {
            throw Problem.field("password", "must have at least \(least) characters")
        }
        guard password.utf8.count <= 1000 else { throw Problem.field("password", "must have at most 1000 bytes") }
        guard Set(password).count >= 5 else { throw Problem.field("password", "must have more different characters") }
        let small = password.lowercased()
        for word in words + ["rapport"] where word.count >= 4 {
            // What is left without the name must be worth something by itself.
            guard small.replacing(word.lowercased(), with: "").count >= 8 else {
                throw Problem.field("password", "must not be made of your own name or address")
            }
        }
    }
}
