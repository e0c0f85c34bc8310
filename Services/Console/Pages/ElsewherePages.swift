import EventLoop
import FoundationEssentials
import HTML
import HTTP
import ServiceKit

/// The way to the firm's own provider of sign-on, and back. It begins with a link: a form that leads elsewhere is not sent.
@Loop
struct ElsewherePages {
    private let pages: Pages
    private let elsewhere: Elsewhere

    init(_ pages: Pages) throws {
        self.pages = pages
        elsewhere = try pages.context.shared(Elsewhere.init)
    }

    var routes: [Route] {
        [
            pages.get("/sign-in/elsewhere", "Leads to the firm's sign-on", needsSession: false, refuses: [404, 502]) {
                _ in
                let journey = try await elsewhere.leave()
                return pages.cookies.set(.journey, journey.cookie, for: 600, Pages.redirect(journey.address))
            },
            pages.get(
                "/sign-in/elsewhere/back", "Takes who comes back from the firm's sign-on",
                parameters: [
                    "code", "state", "error", "error_description", "error_uri", "session_state", "iss", "scope",
                    "authuser", "hd", "prompt",
                ].map {
                    .query($0, .string)
                }, needsSession: false, refuses: [401, 403, 404, 502]
            ) { try await comeBack($0) },
        ]
    }

    private func comeBack(_ visitor: Visitor) async throws -> Response {
        let (request, words) = (visitor.request, visitor.words)
        guard let code = request.query("code"), let state = request.query("state") else {
            return SignInPages(pages).refused(
                words("The firm's sign-on did not let you in.", "公司统一登录未通过。"), words)
        }
        let begun = try await elsewhere.comeBack(
            code: code, state: state, cookie: pages.cookies.value(.journey, request) ?? "",
            device: pages.cookies.value(.device, request), from: visitor.caller)
        return pages.cookies.set(.journey, "", for: 0, pages.welcome(begun, to: "/"))
    }
}
