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
    /// How a person shows who he is.
    static let signIn = Capability(
        "sign-in", "how a person shows who he is", migrations: [SignInStore.migration],
        statements: SignInStore.statements,
        standings: [.own("credential"), .own("recovery_code"), .own("sign_in_link"), .own("sign_in_delay")]
    ) { context in
        let forgetting = SteadyWork(context.log, every: .seconds(600), failing: "old failures to sign in are kept")
        let signIn = try context.shared(SignIn.init)
        let isChanging = try context.shared(ConsoleSecret.init).isChanging
        return CapabilityParts(
            routes: try signInRoutes(context),
            background: [
                {
                    // Programs that know the secret of before alone may be beside this one for minutes.
                    guard isChanging, (try? await Loop.sleep(for: .seconds(600))) != nil else { return }
                    let count = (try? await signIn.sealAnew()) ?? 0
                    context.log.info("second factors were sealed with the new secret", ["count": count])
                },
                {
                    await forgetting.run {
                        try await context.transaction { $0.enqueue(SignInStore.forget) }
                        return false
                    }
                },
            ])
    }
}

/// What a program sends to sign a person in.
private struct Said: Decodable {
    let email: String
    let password: String
    var code: String?

    static let input = Input.command(Said.self)
}

@Loop
private func signInRoutes(_ context: ServiceContext) throws -> [Route] {
    let signIn = try context.shared(SignIn.init)
    let sessions = try context.shared(Sessions.init)
    let address = try context.shared(ConsoleAddress.init).text
    let shownLink = Schema.object([.init("link", .string), .init("personId", .uuid)])
    @Loop func answer(_ link: String, _ person: UUID) throws -> Response {
        try Response(.ok, json: ["link": "\(address)/welcome/\(link)", "personId": person.text])
            .with("cache-control", "no-store")
    }
    return [
        Route(
            .post, "/v1/sign-in", "Signs a person in; the secret of the session gives tokens", tag: "sign-in",
            access: .open, body: Said.input.body,
            gives: .json(shownToken.with([.init("session", .uuid), .init("secret", .string)])), refuses: [401, 429]
        ) { request in
            let said = try await Said.input.read(request)
            let caller = Caller(request)
            let begun: SignIn.Begun
            switch try await signIn.password(said.password, of: said.email, device: nil, from: caller) {
            case .session(let made): begun = made
            case .code(let ticket):
                guard let code = said.code else {
                    throw Problem(status: 401, detail: "A code of the second factor is needed: send it as `code`.")
                }
                begun = try await signIn.code(code, ticket: ticket, device: nil, from: caller)
            }
            guard let session = try await sessions.find(begun.secret, from: caller) else {
                throw Problem(status: 401, detail: "The person has left.")
            }
            let token = try await sessions.token(of: session)
            return try Response(
                .ok,
                json: [
                    "session": begun.id.text, "secret": begun.secret, "token": token.token,
                    "expiresAt": RFC3339.string(token.expiresAt),
                ]
            ).with("cache-control", "no-store")
        },
        Route(
            .post, "/v1/people/{id}/sign-in-link", "Makes a link that lets a person choose a password", tag: "people",
            access: .configure, parameters: [.path("id", .uuid)], gives: .json(shownLink), refuses: [404]
        ) { request in
            let id = try request.id()
            let link = try await context.transaction { transaction in
                guard try await !transaction.rows(SignInStore.addressOf, id).isEmpty else {
                    throw Problem.missing("person who is here with the id", id)
                }
                return try signIn.makeLink(for: id, hours: 72, in: transaction)
            }
            return try answer(link, id)
        },
        Route(
            .post, "/v1/first-link", "Makes the link of the first administrator, as long as nobody is one",
            tag: "sign-in", access: .operate, gives: .json(shownLink), refuses: [409]
        ) { _ in
            let (link, person) = try await context.transaction { transaction in
                try await FirstAdministrator.link(signIn, in: transaction)
            }
            return try answer(link, person)
        },
    ]
}

/// Who comes first, when nobody can let anybody in yet.
@Loop
enum FirstAdministrator {
    /// A link for him, who is made where he is not there; a 409 once an administrator has a password.
    static func link(_ signIn: SignIn, in transaction: Transaction) async throws -> (String, UUID) {
        transaction.enqueue(TreeStore.lock)
        let (isUsed, waiting) = try await transaction.rows(SignInStore.isUsed).first ?? (false, nil)
        guard !isUsed else {
            throw Problem(status: .conflict, detail: "An administrator has signed in; he lets the others in.")
        }
        let person: UUID
        if let waiting {
            person = waiting
        } else {
            person = UUID.v7()
            try await PersonState.kept.add(
                PersonState(personId: person, name: "Administrator", roles: ["administrator"]), in: transaction)
        }
        return (try signIn.makeLink(for: person, hours: 24, in: transaction), person)
    }
}
