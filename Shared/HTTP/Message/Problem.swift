import Text

/// What is wrong with one field of a request.
public struct FieldError: Sendable, Hashable {
    /// The field's path, `lines[0].sku`, or the parameter's name.
    public let field: String
    /// What is wrong, for people: `is required`.
    public let message: String
    /// Names a field and what is wrong with it.
    public init(field: String, message: String) {
        self.field = field
        self.message = message
    }
}

extension FieldError {
    /// As many are looked for in one request; who sends more is told of the rest when he has mended these.
    public static let most = 20

    private static let longestName = 100

    /// A name of the caller's as it is told back to him.
    static func shortened(_ name: String) -> String {
        name.utf8.count <= longestName ? name : "\(String(decoding: name.utf8.prefix(longestName), as: UTF8.self))…"
    }

    /// A name that nobody knows, with the known one that it may have been meant for; `path` says where it stands.
    public static func unknown(
        _ name: String, at path: String? = nil, _ message: String, known names: [String]
    ) -> FieldError {
        let field = path ?? name
        // Nobody mistypes more than that, and what is sent may be of any length.
        guard name.utf8.count <= longestName else { return FieldError(field: shortened(field), message: message) }
        let near = nearest(to: name.lowercased(), in: names)
        return FieldError(field: shortened(field), message: near.map { "\(message); \($0) is" } ?? message)
    }

    static func nearest(to name: String, in names: [String]) -> String? {
        let near = names.map { (name: $0, letters: EditDistance.between($0.lowercased(), name)) }
            .min { $0.letters < $1.letters }
        guard let near, near.letters <= max(1, min(3, name.unicodeScalars.count / 2)) else { return nil }
        return near.name
    }
}

/// An RFC 9457 problem, thrown by handlers and answered as `application/problem+json`.
public struct Problem: Error, Sendable, CustomStringConvertible {
    /// The status of the answer.
    public var status: Status
    /// The kind of problem, for people; the status's phrase unless given.
    public var title: String
    /// This case of it, for people.
    public var detail: String?
    /// A URI that names the kind for programs; `about:blank` unless given.
    public var type: String?
    /// The fields that are wrong.
    public var errors: [FieldError]
    /// Header fields that the answer gets besides (`Retry-After`).
    public var headers: Headers
    /// Further members of the answer by name (RFC 9457, section 3.2), each JSON.
    public var members: [String: String] = [:]

    /// Makes a problem.
    public init(
        status: Status, title: String? = nil, detail: String? = nil, type: String? = nil, errors: [FieldError] = [],
        headers: Headers = [:]
    ) {
        self.status = status
        self.title = title ?? status.reason
        self.detail = detail
        self.type = type
        self.errors = errors
        self.headers = headers
    }

    /// A 400 that names all fields that are wrong; the first is told in words.
    public init(_ errors: [FieldError]) {
        let first = errors.first.map { "\($0.field.isEmpty ? "The body" : $0.field) \($0.message)." }
        self.init(status: .badRequest, detail: first, errors: errors)
    }

    init(_ refusal: Refusal) { self.init(status: refusal.status, detail: refusal.detail) }

    /// For people.
    public var description: String { "\(status.rawValue) \(title)" + (detail.map { ": \($0)" } ?? "") }

    /// The answer that tells it.
    public var response: Response {
        var members: [(String, JSONValue)] = [
            ("type", .string(type ?? "about:blank")), ("title", .string(title)), ("status", .integer(status.rawValue)),
        ]
        if let detail { members.append(("detail", .string(detail))) }
        if !errors.isEmpty {
            let list = errors.map { error in
                JSONValue.object([("field", .string(error.field)), ("message", .string(error.message))])
            }
            members.append(("errors", .array(list)))
        }
        for (name, json) in self.members.sorted(by: { $0.key < $1.key }) { members.append((name, .text(json))) }
        var response = Response(
            status, bytes: JSONValue.object(members).bytes, contentType: "application/problem+json")
        for field in headers.fields { response.headers.add(field.name, field.value) }
        return response
    }
}

/// An error of another module that knows the problem it is to a caller (an exhausted pool: 503 with Retry-After).
public protocol ProblemConvertible: Error {
    /// How the error is answered.
    var problem: Problem { get }
}
