import EventLoop
import FoundationEssentials
import HTTP
import ServiceKit

/// Who looks at a page: the session behind the cookie, the language, and what the session may.
@Loop
struct Visitor {
    let request: Request
    let words: Words
    let session: Session?
    let rights: Rights
    let caller: Caller

    /// Whether the session has a right.
    func may(_ right: String) -> Bool { session != nil && rights.allow(right) }
}

/// The cookies of the pages.
@Loop
final class Cookies {
    private let isSecure: Bool

    init(address: String) { isSecure = address.hasPrefix("https://") }

    /// A name that browsers take from this very host only, where the page came encrypted.
    private func name(_ cookie: Cookie) -> String { (isSecure ? "__Host-" : "") + "rapport-" + cookie.rawValue }

    enum Cookie: String {
        case session, device, ticket, language, passkey, journey
    }

    /// The value that a request carries.
    func value(_ cookie: Cookie, _ request: Request) -> String? {
        let start = name(cookie) + "="
        // Several fields are joined by commas, which no value of ours has.
        let pairs = request.headers["cookie"]?.split { $0 == ";" || $0 == "," } ?? []
        for pair in pairs {
            let text = pair.drop { $0 == " " }
            if text.hasPrefix(start) { return String(text.dropFirst(start.count)) }
        }
        return nil
    }

    /// An answer that sets one for so many seconds, or takes it away.
    func set(_ cookie: Cookie, _ value: String, for seconds: Int, _ response: Response) -> Response {
        response.with(
            "set-cookie",
            "\(name(cookie))=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Lax\(isSecure ? "; Secure" : "")")
    }
}
