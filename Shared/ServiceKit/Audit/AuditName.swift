import Crypto
import EventLoop
import FoundationEssentials
import HTTP

/// What a deed is called in the audit, read from the route by which it was asked for: `opportunity.changed`, `quote.approve`,
/// `party.notes`. One place for all routes, so that a new one is written down without a word of its own.
struct AuditName: Sendable, Equatable {
    /// `opportunity.changed`.
    let action: String
    /// The kind of what it is done to, `opportunity`.
    let kind: String
    /// The name in braces that says to which; nil where the path names none.
    let id: String?
    /// What it is done to where the path names none: the collection.
    let collection: String

    /// Of a route; nil where nothing is written down: pages write down what they do, looking is written down where a route says so, and
    /// what is open to all is nobody's deed.
    init?(_ route: Route) {
        switch route.access {
        case .open, .right(.watch), .link("session"): return nil
        case .link, .right: break
        }
        let isLook = route.method == .get || route.method == .head
        guard !isLook || route.isNoted else { return nil }
        let parts = route.path.split(separator: "/").map(String.init).filter { $0 != "v1" }
        let first = parts.firstIndex { $0.hasPrefix("{") }
        // Of a link what stands in the path is a secret.
        let isSecret = if case .link = route.access { true } else { false }
        let named = first.flatMap { $0 > 0 && !isSecret ? $0 : nil }
        collection = named.map { parts[$0 - 1] } ?? parts.first ?? route.tag
        kind = Self.one(of: collection)
        id = named.map { String(parts[$0].dropFirst().dropLast()) }
        let words = parts.dropFirst(named ?? 1).filter { !$0.hasPrefix("{") }
        let verb =
            isLook
            ? "read" : Self.verb(route.method, isWhole: words.isEmpty, endsOpen: parts.last?.hasPrefix("{") == true)
        action = ([kind] + words + (verb.map { [$0] } ?? [])).joined(separator: ".")
    }

    /// What the method does. A POST behind a verb says it by the verb, and one behind a link answers it.
    private static func verb(_ method: HTTP.Method, isWhole: Bool, endsOpen: Bool) -> String? {
        switch method {
        case .post: endsOpen ? "answered" : isWhole ? "made" : nil
        case .delete: "removed"
        default: "changed"
        }
    }

    /// One of a collection: `opportunity` of `opportunities`.
    static func one(of collection: String) -> String {
        if collection == "people" { return "person" }
        if collection.hasSuffix("ies") { return collection.dropLast(3) + "y" }
        if collection.hasSuffix("ss") || !collection.hasSuffix("s") { return collection }
        return String(collection.dropLast())
    }

    /// What it is done to. An id that is none of ours may say something of a person (a mail address), and the audit forgets nothing: of such
    /// a one only a digest is written down, which whoever knows it can look for.
    func subject(_ given: String?) -> String {
        guard let given else { return collection }
        // An id has two cases and is one.
        let plain = UUID(text: given)?.text ?? Int(given).map { "\($0)" }
        return "\(kind):\(plain ?? Self.digest(of: given))"
    }

    /// What stands for an id that could say something of a person.
    static func digest(of id: String) -> String {
        "sha256-" + Hex.encode(Array(SHA256.digest(Array(id.utf8)).prefix(16)))
    }
}
