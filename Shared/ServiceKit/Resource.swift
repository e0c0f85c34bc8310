import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres

/// A kind of thing as it is seen over HTTP: what it is called, where it stands and how one is shown. The routes that every kind has are
/// made here, so that one convention holds for all.
public struct Resource: Sendable {
    /// `opportunity`.
    public let name: String
    /// `/v1/opportunities`.
    public let path: String
    /// What one looks like.
    public let schema: Schema
    /// One as JSON, and its version.
    public let get: Query<UUID, (String, Int)>
    /// `opportunities`: the group of its routes and of its rights.
    public let tag: String

    /// Describes a kind of thing; `tag` is the path's last part unless given.
    public init(
        _ name: String, at path: String, tag: String? = nil, schema: Schema, get: Query<UUID, (String, Int)>
    ) {
        self.name = name
        self.path = path
        self.schema = schema
        self.get = get
        self.tag = tag ?? String(path.split(separator: "/").last ?? "")
    }

    /// A record's.
    public init<R>(_ record: Record<R>, at path: String, tag: String? = nil) {
        self.init(record.name, at: path, tag: tag, schema: record.shown, get: record.get)
    }

    /// `opportunity` with its article.
    private var one: String { ("aeiou".contains(name.prefix(1)) ? "an " : "a ") + name }

    /// One as it is now, read in a transaction; a 404 where there is none.
    @Loop
    public func shown(_ id: UUID, in transaction: Transaction) async throws -> (String, Int) {
        guard let found = try await transaction.rows(get, id).first else { throw Problem.missing(name, id) }
        return found
    }

    // MARK: Routes

    /// `GET path/{id}`: one with its ETag, or a 404.
    public func one(_ context: ServiceContext) -> Route {
        Route(
            .get, "\(path)/{id}", "Shows \(one)", tag: tag, access: .read, parameters: [.path("id", .uuid)],
            gives: .json(schema), refuses: [404]
        ) { request in
            let id = try request.id()
            guard let (json, version) = try await context.rows(get, id).first else { throw Problem.missing(name, id) }
            return .stored(json, version: version)
        }
    }

    /// `GET path`: a page in order of id, each item with its id; `page` is asked with the page's parameters and the filters.
    public func list(
        _ summary: String, filters: [Route.Parameter] = [],
        page: @escaping @Loop @Sendable (Request) async throws -> [(String, UUID)]
    ) -> Route {
        Route(
            .get, path, summary, tag: tag, access: .read, parameters: Route.Parameter.paging + filters,
            gives: .json(.page(of: schema, next: .uuid))
        ) { request in
            .page(byID: try await page(request), limit: request.pageLimit)
        }
    }

    /// `GET path`: a page in order of time, newest first, each item with its time and id, for what has ids that say no order; `page` is
    /// asked with the page's parameters, the place behind which it begins, and the filters.
    public func newest(
        _ summary: String, filters: [Route.Parameter] = [], of item: Schema? = nil,
        page: @escaping @Loop @Sendable (Request, TimeCursor) async throws -> [(String, Date, UUID)]
    ) -> Route {
        Route(
            .get, path, summary, tag: tag, access: .read, parameters: Route.Parameter.pagingByKeys + filters,
            gives: .json(.page(of: item ?? schema))
        ) { request in
            .page(byTime: try await page(request, try TimeCursor(request.query("after"))), limit: request.pageLimit)
        }
    }

    /// `POST path`: makes one; 201 with its address and version. It takes Idempotency-Key.
    public func create<Said>(
        _ context: ServiceContext, _ input: Input<Said>, summary: String? = nil, refuses: [Status] = [],
        _ create: @escaping @Loop @Sendable (Said, Transaction) async throws -> UUID
    ) -> Route {
        Route(
            .post, path, summary ?? "Makes \(one)", tag: tag, access: .change, parameters: [.idempotencyKey],
            body: input.body, takes: input.takes, gives: .json(.made, .created), refuses: [409, 422] + refuses
        ) { request in
            let said = try await input.read(request)
            return try await context.create(request) { try .made(await create(said, $0), at: path) }
        }
    }

    /// `PATCH path/{id}`: changes one of which the caller has seen the latest version, and answers it as the change left it.
    ///
    /// `change` checks what was seen and answers the last statement that shows it, `get` or a record's update, which is waited for
    /// together with the commit.
    public func change<Said>(
        _ context: ServiceContext, _ input: Input<Said>, summary: String? = nil, refuses: [Status] = [],
        _ change: @escaping @Loop @Sendable (UUID, Seen, Said, Transaction) async throws -> Completion<Rows>
    ) -> Route {
        Route(
            .patch, "\(path)/{id}", summary ?? "Changes the members given of \(one); null takes one away",
            tag: tag, access: .change, parameters: [.path("id", .uuid), .ifMatch], body: input.body, takes: input.takes,
            gives: .json(schema), refuses: [409, 412, 428] + refuses
        ) { request in
            let (id, seen, said) = (try request.id(), try await Seen(request), try await input.read(request))
            return try await answer(id, context) { try await change(id, seen, said, $0) }
        }
    }

    /// `POST path/{id}/verb`: does something to one and answers it as that left it. It takes Idempotency-Key.
    public func act<Said>(
        _ verb: String, _ summary: String, _ context: ServiceContext, _ input: Input<Said>,
        access: Route.Access = .change, refuses: [Status] = [],
        _ act: @escaping @Loop @Sendable (UUID, Said, Transaction) async throws -> Void
    ) -> Route {
        Route(
            .post, "\(path)/{id}/\(verb)", summary, tag: tag, access: access,
            parameters: [.path("id", .uuid), .idempotencyKey], body: input.body, takes: input.takes,
            gives: .json(schema),
            refuses: [409, 422] + refuses
        ) { request in
            let (id, said) = (try request.id(), try await input.read(request))
            // What is kept under a key is written in the same transaction, so there the answer is waited for.
            if request.headers["idempotency-key"] != nil {
                return try await context.create(request) { transaction in
                    try await act(id, said, transaction)
                    let (json, version) = try await shown(id, in: transaction)
                    return .stored(json, version: version)
                }
            }
            return try await answer(id, context) { transaction in
                try await act(id, said, transaction)
                return transaction.enqueue(get.statement, id)
            }
        }
    }

    @Loop
    private func answer(
        _ id: UUID, _ context: ServiceContext, _ body: (Transaction) async throws -> Completion<Rows>
    ) async throws -> Response {
        let shown = try await context.transaction(body)
        guard let row = try await shown.wait().first else { throw Problem.missing(name, id) }
        return .stored(try row.value(0), version: try row.value(1))
    }
}

extension Schema {
    /// The id and version of what a POST made.
    public static let made = Schema.named("Made", .object([.init("id", .uuid), .init("version", .integer())]))
    /// A list that is whole.
    public static func items(_ item: Schema) -> Schema { .object([.init("items", .array(item))]) }
    /// A page of a list: the items, and the cursor of the page behind it, null behind the last one.
    /// Of a list in order of id the cursor is an id.
    public static func page(of item: Schema, next: Schema = .string) -> Schema {
        .object([.init("items", .array(item)), .init("next", .nullable(next))])
    }
    /// A decimal in a string.
    public static let amount = Schema.format("decimal")
}

extension Response {
    /// A whole list that the database made.
    public static func items(_ json: String?) -> Response { .stored("{\"items\":\(json ?? "[]")}") }
    /// A whole list of items, each in JSON.
    public static func items(_ items: [String]) -> Response { .items("[\(items.joined(separator: ","))]") }
}
