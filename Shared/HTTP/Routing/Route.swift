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
    /// The group it belongs to: the capability that it is of, and the area of its right.
    public let tag: String
    /// Who may use it.
    public let access: Access
    /// Query, header and typed path parameters; query parameters that are not declared are refused.
    public let parameters: [Parameter]
    /// What it takes as a body.
    public let body: Body
    /// How much of it.
    public let takes: BodyAllowance
    /// What it answers where it succeeds; each is described.
    public let answers: [Answer]
    /// The statuses from 400 on that it may answer, each with a problem.
    public let refusals: [Status]
    /// Answers a request.
    public let handler: Handler
    /// The right that it asks for, where the list of areas has it.
    public let need: Right?
    /// Whether looking is written down too: who saw what.
    public private(set) var isNoted = false
    /// The names in braces, in order.
    let pathNames: [String]

    /// Declares an operation. Who may use it and what it gives have no default: a route without a decision does not compile.
    ///
    /// - Parameters:
    ///   - takes: how large its body may be; 64 KB unless it needs more.
    ///   - gives: what it answers where it succeeds.
    ///   - or: what else it may answer then.
    ///   - refuses: the statuses from 400 on; 400, 404 and 415 are implied where there are parameters, a name in the path or JSON as a body.
    public init(
        _ method: Method, _ path: String, _ summary: String, tag: String, access: Access, parameters: [Parameter] = [],
        body: Body = .none, takes: BodyAllowance = .usual, gives answer: Answer, or others: [Answer] = [],
        refuses refusals: [Status] = [],
        handler: @escaping Handler
    ) {
        self.method = method
        self.path = path
        self.summary = summary
        self.tag = tag
        self.access = access
        self.parameters = parameters
        self.body = body
        self.takes = takes
        answers = [answer] + others
        self.refusals = refusals
        self.handler = handler
        if case .right(let action) = access { need = Right(tag, action) } else { need = nil }
        pathNames = path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }

    /// The same operation, of which it is written down who looked.
    public func noted() -> Route {
        var route = self
        route.isNoted = true
        return route
    }

    /// The name of the right that it asks for: `opportunities.change`; nil where it asks for none.
    public var right: String? {
        if case .right(let action) = access { "\(tag).\(action.rawValue)" } else { nil }
    }

    /// Who may use an operation.
    public enum Access: Sendable, Equatable {
        /// Anybody, without signing in: whether the process lives.
        case open
        /// Who holds a signed link for a purpose, which the operation checks itself: public pages.
        case link(String)
        /// Who has the right to do this with things of the route's group.
        case right(Action)

        /// Who may look.
        public static let read = Access.right(.read)
        /// Who may create and change.
        public static let change = Access.right(.change)
        /// Who may take out many at once.
        public static let export = Access.right(.export)
        /// Who may change many at once.
        public static let bulk = Access.right(.bulk)
        /// Who may erase persons and merge for good.
        public static let erase = Access.right(.erase)
        /// Who sets how the firm works: fields, policies, weights, templates.
        public static let configure = Access.right(.configure)
        /// Operators: dead letters, rebuilds, lag.
        public static let operate = Access.right(.operate)
        /// Who may watch the process: figures and descriptions.
        public static let watch = Access.right(.watch)

        /// For people: who may use it where no right is asked for.
        public var word: String {
            switch self {
            case .open: "open"
            case .link: "signed"
            case .right(let action): action.rawValue
            }
        }
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

    /// How large a body may be.
    public struct BodyAllowance: Sendable {
        /// Bytes; more are answered 413.
        public let bytes: Int
        /// Members and elements of JSON altogether, which are counted before any is looked at; more are answered 400.
        public let members: Int

        /// So much.
        public init(bytes: Int, members: Int) {
            self.bytes = bytes
            self.members = members
        }

        /// What nearly all need.
        public static let usual = BodyAllowance(bytes: 64 << 10, members: 1000)
        /// Long texts of people.
        public static let text = BodyAllowance(bytes: 1 << 20, members: 1000)
        /// Lists: lines of a quote, numbers of dead letters.
        public static let list = BodyAllowance(bytes: 1 << 20, members: 20_000)
    }

    /// What an operation answers where it succeeds.
    public struct Answer: Sendable {
        package let status: Status
        package let body: Body

        private init(_ status: Status, _ body: Body) {
            self.status = status
            self.body = body
        }

        /// JSON of a shape.
        public static func json(_ schema: Schema, _ status: Status = .ok) -> Answer { Answer(status, .json(schema)) }
        /// Bytes of a content type, or of one of several: `text/csv, text/vcard`.
        public static func bytes(_ contentType: String, _ status: Status = .ok) -> Answer {
            Answer(status, .bytes(contentType))
        }
        /// A page for people.
        public static let page = Answer(.ok, .bytes("text/html"))
        /// Plain text.
        public static let text = Answer(.ok, .bytes("text/plain"))
        /// Look elsewhere; no body.
        public static let elsewhere = Answer(.seeOther, .none)
        /// It will be done; no body.
        public static let accepted = Answer(.accepted, .none)
        /// No body.
        public static let nothing = Answer(.noContent, .none)
    }

    /// A value that a request carries in its path, query or header.
    public struct Parameter: Sendable {
        /// Where a parameter stands.
        enum Place: String { case path, query, header }

        let place: Place
        /// Its name.
        public let name: String
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
