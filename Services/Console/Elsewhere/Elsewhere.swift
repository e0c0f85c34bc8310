import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit
import Telemetry

extension Capability {
    /// Signing in by the firm's own provider.
    static let elsewhere = Capability(
        "sign-on", "signing in by the firm's own provider", migrations: [ElsewhereStore.migration],
        statements: ElsewhereStore.statements, standings: [.own("sign_in_elsewhere")])
}

/// Signing in by the firm's own provider (OpenID Connect, code with PKCE). Only who is in the directory comes in: the first time he is known by
/// his mail address, from then on by the name that the provider has for him, which never becomes another's.
@Loop
final class Elsewhere {
    /// What the browser carries there and back, in a cookie.
    struct Journey {
        let address: String
        let cookie: String
    }

    private let context: ServiceContext
    private let signIn: SignIn
    private let provider: Provider?
    private let journeys: SignedToken

    init(_ context: ServiceContext) throws {
        self.context = context
        signIn = try context.shared(SignIn.init)
        provider = try Provider(context, back: try context.shared(ConsoleAddress.init).text + "/sign-in/elsewhere/back")
        journeys = SignedToken(key: try context.shared(ConsoleSecret.init).key(for: "sign-on"), purpose: "sign-on")
    }

    /// Whether there is a provider.
    var canBe: Bool { provider != nil }

    /// Begins the way there.
    func leave() async throws -> Journey {
        let provider = try needed()
        let (state, nonce, verifier) = (Self.drawn(), Self.drawn(), Self.drawn())
        do {
            return Journey(
                address: try await provider.address(state: state, nonce: nonce, verifier: verifier),
                cookie: journeys.make("\(state) \(nonce) \(verifier)", expires: Date().addingTimeInterval(600)))
        } catch {
            throw silent(error)
        }
    }

    /// Begins a session of whoever has come back, in the browser that had left.
    func comeBack(
        code: String, state: String, cookie: String, device: String?, from caller: Caller
    ) async throws -> SignIn.Begun {
        let provider = try needed()
        let parts = ((try? journeys.verify(cookie)) ?? "").unicodeScalars.split(separator: " ").map { String($0) }
        guard parts.count == 3, constantTimeEqual(Array(parts[0].utf8), Array(state.utf8)) else {
            throw Problem(status: 401, detail: "This browser has not asked for that, or longer ago than ten minutes.")
        }
        let identity: IdentityToken
        do {
            identity = try await provider.identity(code: code, nonce: parts[1], verifier: parts[2])
        } catch {
            throw silent(error)
        }
        return try await context.transaction { transaction in
            let (person, name) = try await person(identity, provider.issuer, in: transaction)
            return try signIn.begin(of: person, name, device: device, from: caller, in: transaction)
        }
    }

    private func person(
        _ identity: IdentityToken, _ issuer: String, in transaction: Transaction
    ) async throws -> (UUID, String) {
        if let (person, name, isHere) = try await transaction.rows(ElsewhereStore.known, issuer, identity.subject).first
        {
            guard isHere else { throw Problem(status: .forbidden, detail: "\(name) has left.") }
            return (person, name)
        }
        guard let email = identity.email,
            let (person, name) = try await transaction.rows(ElsewhereStore.byAddress, email).first
        else {
            throw Problem(
                status: .forbidden,
                detail:
                    "Nobody here has the address \(identity.email ?? "that the provider keeps to itself"). An administrator adds people."
            )
        }
        // Whoever gets the address later is somebody else there, and is not let in as who was here first.
        guard try await !transaction.rows(ElsewhereStore.link, issuer, identity.subject, person).isEmpty else {
            throw Problem(status: .forbidden, detail: "\(name) signs in as another one there.")
        }
        let actor = AuditActor(id: "person:\(person.text)", name: name)
        Audit.write(AuditEntry("sign-on.linked", "person:\(person.text)", by: actor), in: transaction)
        return (person, name)
    }

    private func needed() throws -> Provider {
        guard let provider else { throw Problem(status: .notFound, detail: "No provider is set up.") }
        return provider
    }

    private func silent(_ error: any Error) -> Problem {
        context.log.warning("the provider of sign-on was not believed, or did not answer", ["error": "\(error)"])
        return Problem(
            status: 502, detail: "The firm's sign-on did not answer as it should. Passwords and passkeys work as ever.")
    }

    private static func drawn() -> String { Base64URL.encode(SecureRandom.bytes(32)) }
}

/// The SQL of signing in by a provider.
enum ElsewhereStore {
    static let statements: [any Preparable] = [known, byAddress, link]

    /// Who somebody is that the provider knows: the person, his name, whether he is here.
    static let known = Query(
        "elsewhere.known", takes: String.self, String.self, gives: UUID.self, String.self, Bool.self,
        sql: """
            SELECT p.id, p.name, p.status = 'active' FROM sign_in_elsewhere e JOIN person p ON p.id = e.person_id
            WHERE e.issuer = $1 AND e.subject = $2
            """)
    static let byAddress = Query(
        "elsewhere.by_address", takes: String.self, gives: UUID.self, String.self,
        sql: "SELECT id, name FROM person WHERE lower(email) = lower($1) AND status = 'active'")
    /// Knows somebody from now on; nothing where the person is another one there.
    static let link = Query(
        "elsewhere.link", takes: String.self, String.self, UUID.self, gives: UUID.self,
        sql: """
            INSERT INTO sign_in_elsewhere (issuer, subject, person_id) VALUES ($1, $2, $3)
            ON CONFLICT DO NOTHING RETURNING person_id
            """)

    static let migration = Migration(
        "m202612010245_sign_in_elsewhere",
        """
        -- Who people are for the firm's own provider of sign-on.
        CREATE TABLE sign_in_elsewhere (
            issuer text NOT NULL, subject text NOT NULL, person_id uuid NOT NULL,
            since timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (issuer, subject)
        );
        CREATE UNIQUE INDEX sign_in_elsewhere_person ON sign_in_elsewhere (issuer, person_id);
        """)
}
