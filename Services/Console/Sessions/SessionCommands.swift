import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

/// Sessions: begun by signing in, seen at each use, ended by their owner, by an administrator, or because the person has left.
@Loop
final class Sessions {
    private let context: ServiceContext
    private let keys: SigningKeys

    init(_ context: ServiceContext) throws {
        self.context = context
        keys = try context.shared(SigningKeys.init)
    }

    /// Begins one; the secret is shown once.
    func begin(
        of person: UUID, _ name: String, device: String, from caller: Caller, in transaction: Transaction
    ) throws -> (id: UUID, secret: SessionSecret) {
        let (id, secret) = (UUID.v7(), SessionSecret())
        transaction.enqueue(
            SessionStore.begin, id, person, SQLBytes(SessionSecret.digest(of: secret.text)), device, caller.address,
            caller.agent)
        let actor = AuditActor(id: "person:\(person.text)", name: name, session: id, address: caller.address)
        Audit.write(AuditEntry("session.begun", "person:\(person.text)", by: actor), in: transaction)
        return (id, secret)
    }

    /// Whose session a secret belongs to; nil for one that is none or has ended.
    func find(_ secret: String, from caller: Caller) async throws -> Session? {
        guard secret.utf8.count == 43 else { return nil }
        let found = try await context.rows(SessionStore.find, SQLBytes(SessionSecret.digest(of: secret))).first
        guard let (id, person, name, roles, language, zone, isStale) = found else { return nil }
        if isStale { try await context.transaction { $0.enqueue(SessionStore.see, id, caller.address) } }
        return Session(
            id: id, person: person, name: name, roles: roles.split(separator: " ").map(String.init),
            language: language, zone: zone)
    }

    /// Ends one, of a person or of whomever; says whether it went on.
    func end(_ id: UUID, of person: UUID?, _ why: String) async throws -> Bool {
        try await context.transaction { transaction in
            guard let owner = try await transaction.rows(SessionStore.end, id, person, why).first else { return false }
            Audit.write(AuditEntry("session.ended", "person:\(owner.text)"), in: transaction)
            return true
        }
    }

    /// A token for a session, good for ten minutes with every service.
    func token(of session: Session) async throws -> IssuedToken {
        let now = Int(Date().timeIntervalSince1970)
        let claims = TokenClaims(
            iss: PersonTokens.issuer, sub: session.person.text, aud: PersonTokens.audience, iat: now,
            exp: now + TokenVerifier.lifetime, jti: UUID.v7().text, sid: session.id.text, name: session.name,
            rights: try await rights(of: session.roles))
        return IssuedToken(
            token: try WebToken.sign(claims, by: try await keys.current()),
            expiresAt: Date(timeIntervalSince1970: Double(claims.exp)))
    }

    /// What roles allow, each right with whose things it reaches.
    func rights(of roles: [String]) async throws -> [String] {
        var rights: [String] = []
        for role in roles.compactMap({ BuiltInRole.named[$0] }) {
            rights += role.rights.map { Rights.text($0, role.scope) }
        }
        let own = roles.filter { BuiltInRole.named[$0] == nil }
        if !own.isEmpty {
            for (_, scope, texts) in try await context.rows(RoleStore.named, own) {
                rights += texts.split(separator: " ").map { Rights.text(String($0), scope) }
            }
        }
        return Rights(rights).texts
    }
}

/// A token that was made.
struct IssuedToken: Sendable {
    let token: String
    let expiresAt: Date
}
