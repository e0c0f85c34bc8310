import Crypto
import EventLoop
import FoundationEssentials
import HTTP

/// The id and version of what a POST made.
public struct Made: Encodable {
    /// The new aggregate.
    public let id: UUID
    /// Its version.
    public let version: Int

    private enum Keys: CodingKey { case id, version }

    /// The id in lower case, as everywhere.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(id.text, forKey: .id)
        try container.encode(version, forKey: .version)
    }
}

extension Response {
    /// JSON that the database made.
    public static func stored(_ json: String, status: Status = .ok) -> Response {
        Response(status, bytes: Array(json.utf8), contentType: "application/json")
    }

    /// JSON of one aggregate that the database made, with its version as ETag.
    public static func stored(_ json: String, version: Int) -> Response {
        stored(json).with("etag", "\"\(version)\"")
    }

    /// A list that the database made, each item in JSON; `next` is the cursor of the page behind a full one.
    public static func page(_ items: [String], limit: Int, next: String?) -> Response {
        let cursor = items.count == limit ? next.map { "\"\($0)\"" } ?? "null" : "null"
        return stored("{\"items\":[\(items.joined(separator: ","))],\"next\":\(cursor)}")
    }

    /// 201 with the address and version of what was made under a path.
    public static func made(_ id: UUID, at path: String, version: Int = 1) throws -> Response {
        try Response(.created, json: Made(id: id, version: version))
            .with("location", "\(path)/\(id.text)").with("etag", "\"\(version)\"")
    }
}

extension Request {
    /// The version in `If-Match`; without it a 428, and a 400 for what is no ETag.
    @Loop
    public func seenVersion() throws -> Int {
        guard let match = headers["if-match"] else {
            throw Problem(status: 428, detail: "Send If-Match with the ETag that you read, so that no change is lost.")
        }
        // A weak tag matches nothing here (RFC 9110, 13.1.1): it is a version that never was.
        if match.hasPrefix("W/") { return -1 }
        guard match.hasPrefix("\""), match.hasSuffix("\""), let version = Int(match.dropFirst().dropLast()) else {
            throw Problem.field("If-Match", "must be the ETag of this resource such as \"3\", which says what was seen")
        }
        return version
    }

    /// The parameter `limit`, 50 unless given.
    @Loop
    public var pageLimit: Int { query("limit", as: Int.self) ?? 50 }

    /// The parameter `after` of lists in order of id.
    @Loop
    public var pageAfter: UUID? { id(query: "after") }

    /// A query parameter that is declared as an id.
    @Loop
    public func id(query name: String) -> UUID? { query(name).flatMap { UUID(text: $0) } }

    /// The UUID in the path; anything else names nothing.
    @Loop
    public func id(_ name: String = "id") throws -> UUID {
        guard let id = UUID(text: path(name)) else {
            throw Problem(status: .notFound, detail: "There is nothing under the id \"\(path(name))\".")
        }
        return id
    }
}

extension Route.Parameter {
    /// How many items of a list.
    static let limit = Route.Parameter.query("limit", .integer(1...200), "How many at most; 50 unless given")
    /// The parameters of a list in order of id.
    public static let paging: [Route.Parameter] = [limit, .query("after", .uuid, "The `next` of the page before")]
}

extension Problem {
    /// A 404 about an id.
    public static func missing(_ what: String, _ id: UUID) -> Problem { missing(what, id.text) }

    /// The same about what has a name instead.
    public static func missing(_ what: String, _ name: String) -> Problem {
        Problem(status: .notFound, detail: "There is no \(what) \(name).")
    }

    /// A 400 about one field.
    public static func field(_ name: String, _ message: String) -> Problem {
        Problem([FieldError(field: name, message: message)])
    }
}
