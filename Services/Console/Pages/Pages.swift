import Crypto
import EventLoop
import FoundationEssentials
import HTML
import HTTP
import ServiceKit

extension Capability {
    /// What people see in the browser.
    static let pages = Capability("pages", "what people see in the browser") { context in
        let pages = try Pages(context)
        let (audit, elsewhere, leave) = (try AuditPages(pages), try ElsewherePages(pages), try LeavePages(pages))
        return CapabilityParts(
            routes: pages.common + SignInPages(pages).routes + PasskeyPages(pages).routes + ProfilePages(pages).routes
                + audit.routes + elsewhere.routes + PersonPages(pages).routes + leave.routes
                + GroupPages(pages).routes)
    }
}

/// What all pages work with.
@Loop
final class Pages {
    let context: ServiceContext
    let signIn: SignIn
    let sessions: Sessions
    let passkeys: Passkeys
    /// Whether people sign in by the firm's own provider too.
    let hasProvider: Bool
    let cookies: Cookies

    init(_ context: ServiceContext) throws {
        self.context = context
        signIn = try context.shared(SignIn.init)
        sessions = try context.shared(Sessions.init)
        passkeys = try context.shared(Passkeys.init)
        hasProvider = try context.shared(Elsewhere.init).canBe
        cookies = Cookies(address: try context.shared(ConsoleAddress.init).text)
    }

    /// The style sheet, the choice of a language, and where one begins.
    var common: [Route] {
        [
            Route(
                .get, "/assets/{name}", "The style sheet and the scripts of the pages", tag: "pages",
                access: .open, gives: .bytes("text/css, text/javascript"), refuses: [404]
            ) { request in
                let (text, type) =
                    switch request.path {
                    case PageStyle.path: (PageStyle.text, "text/css; charset=utf-8")
                    case PasskeyScript.path: (PasskeyScript.text, "text/javascript; charset=utf-8")
                    default: throw Problem.missing("asset", request.path("name"))
                    }
                return Response(.ok, text: text, contentType: type)
                    .with("cache-control", "public, max-age=31536000, immutable")
            },
            post("/language", "Chooses the language of the pages", needsSession: false) { [self] visitor, form in
                let language = form["language"] == "zh" ? "zh" : "en"
                return cookies.set(.language, language, for: 31_536_000, Self.back(visitor.request))
            },
            get("/", "Where one begins") { _ in Self.redirect("/people") },
        ]
    }

    // MARK: Routes of pages

    /// A page; who has not signed in is led to where one does, unless it is for everybody.
    func get(
        _ path: String, _ summary: String, parameters: [Route.Parameter] = [], needsSession: Bool = true,
        refuses: [Status] = [], _ handler: @escaping @Loop @Sendable (Visitor) async throws -> Response
    ) -> Route {
        Route(
            .get, path, summary, tag: "pages", access: needsSession ? .link("session") : .open, parameters: parameters,
            gives: .page, or: [.elsewhere], refuses: refuses
        ) { [self] request in
            let visitor = try await visitor(request)
            guard !needsSession || visitor.session != nil else { return Self.redirect("/sign-in") }
            return try await answered(visitor) { try await handler(visitor) }
        }
    }

    /// What a form of a page sends; the answer is a page, or where to go on.
    func post(
        _ path: String, _ summary: String, needsSession: Bool = true, refuses: [Status] = [],
        _ handler: @escaping @Loop @Sendable (Visitor, [String: String]) async throws -> Response
    ) -> Route {
        Route(
            .post, path, summary, tag: "pages", access: needsSession ? .link("session") : .open,
            body: .bytes("application/x-www-form-urlencoded"), gives: .elsewhere, or: [.page],
            refuses: [403, 415] + refuses
        ) { [self] request in
            try Self.checkOrigin(request)
            let form = try await request.form()
            let visitor = try await visitor(request)
            guard !needsSession || visitor.session != nil else { return Self.redirect("/sign-in") }
            return try await answered(visitor) { try await handler(visitor, form) }
        }
    }

    /// What a script of a page asks for; the answer is JSON.
    func ask(
        _ path: String, _ summary: String, needsSession: Bool = true, refuses: [Status] = [],
        _ handler: @escaping @Loop @Sendable (Visitor) async throws -> Response
    ) -> Route {
        Route(
            .post, path, summary, tag: "pages", access: needsSession ? .link("session") : .open,
            gives: .json(.map(.any)),
            refuses: [401, 403] + refuses
        ) { [self] request in
            try Self.checkOrigin(request)
            let visitor = try await visitor(request)
            guard !needsSession || visitor.session != nil else { throw Problem(status: .unauthorized) }
            return try await handler(visitor)
        }
    }

    /// Refuses who has not a right, in words.
    func need(_ right: String, _ visitor: Visitor) throws {
        guard visitor.may(right) else {
            throw Problem(
                status: .forbidden,
                detail: visitor.words(
                    "This needs the right \(right), which your roles do not have.", "此处需要权限 \(right)，您的角色没有。"))
        }
    }

    private func visitor(_ request: Request) async throws -> Visitor {
        let caller = Caller(request)
        var session: Session?
        if let secret = cookies.value(.session, request) {
            session = try await sessions.find(secret, from: caller)
        }
        let chosen = session?.language ?? cookies.value(.language, request)
        let words = chosen.map { Words(isChinese: $0 == "zh") } ?? Words(request)
        var rights: [String] = []
        if let session { rights = try await sessions.rights(of: session.roles) }
        return Visitor(request: request, words: words, session: session, rights: Rights(rights), caller: caller)
    }

    /// What a person is told as a page, where it would be JSON for a program.
    private func answered(_ visitor: Visitor, _ work: () async throws -> Response) async throws -> Response {
        do {
            guard let session = visitor.session else { return try await work() }
            let actor = AuditActor(
                id: "person:\(session.person.text)", name: session.name, session: session.id,
                address: visitor.caller.address)
            return try await AuditActor.$current.withValue(actor) { try await work() }
        } catch let problem as Problem {
            let words = visitor.words
            let title: String =
                switch problem.status {
                case .forbidden: words("You may not see this", "您没有权限查看")
                case .notFound, 410: words("This is not here any more", "这里已经没有内容了")
                case .tooManyRequests: words("Wait a moment", "请稍候再试")
                default: words("This did not work", "没有成功")
                }
            return PageFrame.plain(
                words, title,
                [
                    .element("p", [], [.init(Refusals.told(problem, words))]),
                    .element("p", [], [.element("a", [.link("/")], [.init(words("Back to the beginning", "回到首页"))])]),
                ], status: problem.status)
        }
    }

    /// Refuses what a page from elsewhere makes a browser send (Fetch Metadata; RFC 6454 for those that do not tell).
    private static func checkOrigin(_ request: Request) throws {
        let refusal = Problem(status: .forbidden, detail: "A page from elsewhere has sent this.")
        if let site = request.headers["sec-fetch-site"] {
            guard site == "same-origin" || site == "none" else { throw refusal }
        } else if let origin = request.headers["origin"] {
            let host = origin.firstRange(of: "://").map { origin[$0.upperBound...] } ?? ""
            guard host == request.headers["host"] ?? "" else { throw refusal }
        }
    }

    // MARK: Answers

    /// Leads on to another page.
    static func redirect(_ path: String) -> Response { Response(.seeOther).with("location", path) }

    /// Leads back to the page that has asked, here and nowhere else.
    private static func back(_ request: Request) -> Response {
        let referrer = request.headers["referer"] ?? ""
        let rest = referrer.firstRange(of: "://").map { referrer[$0.upperBound...] } ?? ""
        let path = rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? "/"
        let isHere = rest.prefix { $0 != "/" } == request.headers["host"] ?? "" && !path.hasPrefix("//")
        return redirect(isHere ? path : "/")
    }

    /// A page in the frame of those who have signed in.
    func app(
        _ visitor: Visitor, _ title: String, at place: String, _ body: [HTML], acts: [HTML] = [],
        crumb: (name: String, path: String)? = nil, line: HTML? = nil, status: Status = .ok
    ) -> Response {
        let words = visitor.words
        var places: [(path: String, name: String)] = []
        if visitor.may("people.read") { places.append(("/people", words("People", "人员"))) }
        if visitor.may("teams.read") { places.append(("/teams", words("Teams", "团队"))) }
        if visitor.may("territories.read") { places.append(("/territories", words("Territories", "区域"))) }
        if visitor.may("roles.read") { places.append(("/roles", words("Roles", "角色"))) }
        if visitor.may("audit.export") { places.append(("/audit", words("Who did what", "操作记录"))) }
        places.append(("/me", words("Your account", "我的账户")))
        return PageFrame.app(
            words, visitor.session?.name ?? "", title, at: place, places, body,
            head: PageHead(acts: acts, crumb: crumb, line: line), status: status)
    }

    /// Signs a browser in: the cookies of the session and of the device.
    func welcome(_ begun: SignIn.Begun, to path: String) -> Response {
        let first = cookies.set(.session, begun.secret, for: 30 * 86_400, Self.redirect(path))
        let second = cookies.set(.device, begun.device, for: 180 * 86_400, first)
        return cookies.set(.ticket, "", for: 0, second)
    }
}
