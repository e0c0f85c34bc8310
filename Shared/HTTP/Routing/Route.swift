import EventLoop

/// Answers one request; what it throws is answered as a problem.
public typealias Handler = @Loop @Sendable (Request) async throws -> Response

/// One operation of the program's HTTP surface, as a value: router, checks and OpenAPI are made from it.
public struct Route: Sendable {
    /// The method; `GET` answers `HEAD` too.
    public let method: Method
    /// The path with names in braces: `/v1/parties/{id}`.
    public let path: String
    /// What it does, in a few words.
    public let summary: String
    /// The group it belongs to.
    public let tag: String
    /// Query, header and typed path parameters; query parameters that are not declared are refused.
    public let parameters: [Parameter]
    /// What it takes as a body.
    public let body: Body
    /// What it answers.
    public let answers: [Answer]
    /// Answers a request.
    public let handler: Handler
    /// The names in braces, in order.
    let pathNames: [String]

    /// Declares an operation.
    public init(
        _ method: Method, _ path: String, _ summary: String, tag: String = "", parameters: [Parameter] = [],
        body: Body = .none, answers: [Answer] = [200], handler: @escaping Handler
    ) {
        self.method = method
        self.path = path
        self.summary = summary
        self.tag = tag
        self.parameters = parameters
        self.body = body
        self.answers = answers
        self.handler = handler
        pathNames = path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }

    /// What a request carries.
    public enum Body: Sendable {
        /// Nothing.
        case none
        /// JSON of a shape.
        case json(Schema)
        /// Bytes of a content type, such as `text/csv`.
        case bytes(String)
    }

    /// One possible answer; a bare number is an answer without a described body, from 400 on a problem.
    public struct Answer: Sendable, ExpressibleByIntegerLiteral {
        let status: Status
        let body: Body

        /// An answer without a described body.
        public init(integerLiteral value: Int) { self.init(Status(rawValue: value), .none) }

        private init(_ status: Status, _ body: Body) {
            self.status = status
            self.body = body
        }

        /// An answer with JSON.
        public static func json(_ status: Status, _ schema: Schema) -> Answer { Answer(status, .json(schema)) }
        /// An answer with bytes of a content type, or of one of several: `text/csv, text/vcard`.
        public static func bytes(_ status: Status, _ contentType: String) -> Answer {
            Answer(status, .bytes(contentType))
        }
    }

    /// A value that a request carries in its path, query or header.
    public struct Parameter: Sendable {
        /// Where a parameter stands.
        enum Place: String { case path, query, header }

        let place: Place
        let name: String
        let schema: Schema
        let isRequired: Bool
        let description: String

        /// Gives `{name}` in the path a shape, which is checked.
        public static func path(_ name: String, _ schema: Schema, _ description: String = "") -> Parameter {
            Parameter(place: .path, name: name, schema: schema, isRequired: true, description: description)
        }
        /// A query parameter; an `.array` may come more than once.
        public static func query(
            _ name: String, _ schema: Schema, required: Bool = false, _ description: String = ""
        ) -> Parameter {
            Parameter(place: .query, name: name, schema: schema, isRequired: required, description: description)
        }
        /// A header field.
        public static func header(
            _ name: String, _ schema: Schema = .string, required: Bool = false, _ description: String = ""
        ) -> Parameter {
            Parameter(place: .header, name: name, schema: schema, isRequired: required, description: description)
        }
    }
}
