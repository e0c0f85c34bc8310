import Crypto
import EventLoop
import HTTP
import Kafka
import Messaging
import Postgres

/// What operators ask of a service and do to it; the same in all services.
@Loop
func operationsRoutes(_ context: ServiceContext, _ letters: DeadLetters, _ kafka: KafkaSettings) -> [Route] {
    [
        Route(
            .get, "/v1/ops/dead-letters", "Messages put aside, in order of their numbers", tag: "operations",
            access: .operate,
            parameters: filterParameters + [
                .query("after", .integer(0...Int.max), "The `next` of the page before"),
                .query("limit", .integer(1...500), "How many at most; 50 unless given"),
            ], gives: .json(.page(of: letter))
        ) { request in
            let limit = request.pageLimit
            let found = try await letters.list(
                request.deadLetters(), status: request.deadLetterStatus,
                after: request.query("after", as: Int.self) ?? 0,
                limit: limit)
            return .page(found.map(\.json), limit: limit, next: found.last.map { "\($0.id)" })
        },
        Route(
            .get, "/v1/ops/dead-letter-groups", "Messages put aside, by what went wrong and why", tag: "operations",
            access: .operate,
            parameters: filterParameters, gives: .json(.items(letterGroup))
        ) { request in
            let found = try await letters.groups(request.deadLetters(), status: request.deadLetterStatus)
            return .items(found)
        },
        Route(
            .get, "/v1/ops/dead-letters/{id}", "One message put aside, whole", tag: "operations", access: .operate,
            gives: .json(wholeLetter)
        ) { request in
            guard let id = Int(request.path("id")), let found = try await letters.show(id) else {
                throw Problem(status: .notFound, detail: "There is no dead letter \(request.path("id")).")
            }
            return .stored(found)
        },
        Route(
            .post, "/v1/ops/dead-letters/{id}/mend",
            "Puts other data or headers in the place of what is wrong with a message put aside; a replay applies it so, at its old place",
            tag: "operations", access: .operate, body: MendOrder.input.body, gives: .json(wholeLetter),
            refuses: [409, 422]
        ) { request in
            let order = try await MendOrder.input.read(request)
            let id = Int(request.path("id")) ?? 0
            do {
                guard
                    try await letters.mend(
                        id, try order.mend, actor: try FieldCheck.text(order.actor, "actor", atMost: 200) ?? "api",
                        reason: order.reason)
                else { throw Problem(status: .notFound, detail: "There is no open dead letter \(request.path("id")).") }
            } catch let refusal as MendRefused {
                throw Problem(status: .unprocessable, detail: "It would be put aside again: \(refusal)")
            }
            return .stored(try await letters.show(id) ?? "")
        },
        Route(
            .get, "/v1/ops/dead-letter-actions", "What was done to messages put aside, newest first", tag: "operations",
            access: .operate,
            parameters: [
                .query("before", .integer(1...Int.max), "The `next` of the page before"),
                .query("limit", .integer(1...500), "How many at most; 50 unless given"),
            ], gives: .json(.page(of: letterAction))
        ) { request in
            let limit = request.pageLimit
            let found = try await letters.actions(
                before: request.query("before", as: Int.self) ?? Int.max, limit: limit)
            return .page(found.map(\.json), limit: limit, next: found.last.map { "\($0.id)" })
        },
        Route(
            .post, "/v1/ops/dead-letter-replays", "Applies messages again that were put aside", tag: "operations",
            access: .operate,
            body: .json(orderSchema), takes: .list, gives: .json(replayed)
        ) { request in
            let order = try await request.model(DeadLetterOrder.self)
            let outcome = try await letters.replay(
                try order.checkedFilter(), actor: request.actor(for: try order.checkedActor()),
                reason: try FieldCheck.text(order.reason, "reason", atMost: 1000), isForced: order.force ?? false,
                after: order.after)
            return try Response(.ok, json: outcome)
        },
        Route(
            .post, "/v1/ops/dead-letter-discards", "Gives messages up that were put aside, for a reason",
            tag: "operations", access: .operate, body: .json(orderSchema), takes: .list,
            gives: .json(.object([.init("discarded", .integer()), .init("hasMore", .boolean)]))
        ) { request in
            let order = try await request.model(DeadLetterOrder.self)
            let count = try await letters.discard(
                try order.checkedFilter(), actor: request.actor(for: try order.checkedActor()),
                reason: try FieldCheck.needed(order.reason, "reason", atMost: 1000))
            return .stored("{\"discarded\":\(count),\"hasMore\":\(count == DeadLetters.discardLimit)}")
        },
        Route(
            .get, "/v1/ops/lag", "Where the service stands in each partition and what is before it", tag: "operations",
            access: .operate, gives: .json(.items(lag))
        ) { _ in try Response(.ok, json: try await Lag.read(context.pool, kafka)) },
    ]
}

private let filterParameters: [Route.Parameter] = [
    .query("status", .enumeration(["open", "resolved", "discarded", "any"]), "Open ones unless given"),
    .query("topic", .string, "Only those of a topic"),
    .query("type", .string, "Only those of an event type"),
    .query("class", .string, "Only those of an error class"),
    .query("fingerprint", .string, "Only those of a group"),
]

private let orderSchema = Schema.object([
    .init("ids", .array(.integer()), required: false), .init("topic", .string, required: false),
    .init("type", .string, required: false), .init("class", .string, required: false),
    .init("fingerprint", .string, required: false), .init("all", .boolean, required: false),
    .init("force", .boolean, required: false), .init("actor", .string, required: false, "On whose behalf"),
    .init("reason", .string, required: false),
    .init("after", .integer(), required: false, "The `next` of the replay before"),
])

/// What an operator puts in the place of what is wrong with a message.
private struct MendOrder: Decodable {
    var payload: String?
    var payloadBytes: String?
    var headers: [String: String]?
    var actor: String?
    var reason: String

    static let input = Input.command(
        MendOrder.self,
        told: [
            "payload": "The data, as text", "payloadBytes": "Or in base 64",
            "headers": "Headers by name, such as `ce_type`; the others stay",
        ]
    ) { said in
        var order = said
        order.reason = try FieldCheck.needed(said.reason, "reason", atMost: 1000)
        guard said.payload == nil || said.payloadBytes == nil else {
            throw Problem.field("payloadBytes", "goes without payload only")
        }
        guard said.payload != nil || said.payloadBytes != nil || said.headers?.isEmpty == false else {
            throw Problem.field("payload", "or payloadBytes or headers is needed")
        }
        return order
    }

    var mend: DeadLetterMend {
        get throws {
            var bytes = payload.map { Array($0.utf8) }
            if let payloadBytes {
                guard let decoded = Base64.decode(payloadBytes) else {
                    throw Problem.field("payloadBytes", "must be base 64")
                }
                bytes = decoded
            }
            for (name, value) in headers ?? [:] where name.isEmpty || value.utf8.contains(0) || name.utf8.contains(0) {
                throw Problem.field("headers", "must have names, and no NUL")
            }
            return DeadLetterMend(payload: bytes, headers: headers ?? [:])
        }
    }
}

/// An operator's order about dead letters.
private struct DeadLetterOrder: Decodable {
    let ids: [Int]?
    let topic: String?
    let type: String?
    let `class`: String?
    let fingerprint: String?
    let all: Bool?
    let force: Bool?
    let actor: String?
    let reason: String?
    let after: Int?

    func checkedFilter() throws -> DeadLetters.Filter {
        var filter = DeadLetters.Filter()
        filter.ids = ids
        filter.topic = try FieldCheck.text(topic, "topic")
        filter.type = try FieldCheck.text(type, "type")
        filter.errorClass = try FieldCheck.text(`class`, "class")
        filter.fingerprint = try FieldCheck.text(fingerprint, "fingerprint")
        guard !filter.isEmpty || all == true else {
            throw Problem.field("all", "must be true where ids, topic, type, class and fingerprint are missing")
        }
        return filter
    }

    func checkedActor() throws -> String? { try FieldCheck.text(actor, "actor", atMost: 200) }
}

extension Request {
    @Loop
    fileprivate func deadLetters() throws -> DeadLetters.Filter {
        func text(_ name: String) throws -> String? { try FieldCheck.text(query(name), name) }
        var filter = DeadLetters.Filter()
        filter.topic = try text("topic")
        filter.type = try text("type")
        filter.errorClass = try text("class")
        filter.fingerprint = try text("fingerprint")
        return filter
    }

    @Loop
    fileprivate var deadLetterStatus: String? {
        let status = query("status") ?? "open"
        return status == "any" ? nil : status
    }
}

private let letterMembers: [Schema.Property] = [
    .init("id", .integer()), .init("topic", .string), .init("partition", .integer()), .init("offset", .integer()),
    .init("keyBytes", .nullable(.string)), .init("type", .nullable(.string)), .init("errorClass", .string),
    .init("error", .string), .init("fingerprint", .string), .init("attempts", .integer()),
    .init("firstFailedAt", .dateTime), .init("lastFailedAt", .dateTime), .init("status", .string),
    .init("actor", .nullable(.string)), .init("note", .nullable(.string)), .init("mendedAt", .nullable(.dateTime)),
]
private let letter = Schema.named("DeadLetter", .object(letterMembers))
private let wholeLetter = Schema.named(
    "WholeDeadLetter",
    .object(
        letterMembers + [
            .init("headers", .any), .init("payloadBytes", .nullable(.string)),
            .init("payload", .nullable(.string), "The data as text, where it is text"),
            .init("mendedPayload", .nullable(.string), "What people put in its place"), .init("mendedHeaders", .any),
            .init(
                "actions",
                .array(
                    .object([
                        .init("action", .string), .init("actor", .nullable(.string)),
                        .init("reason", .nullable(.string)), .init("outcome", .nullable(.string)),
                        .init("at", .dateTime),
                    ]))),
        ]))
private let letterGroup = Schema.named(
    "DeadLetterGroup",
    .object([
        .init("fingerprint", .string), .init("count", .integer()), .init("errorClass", .string),
        .init("type", .nullable(.string)), .init("topic", .string), .init("firstFailedAt", .dateTime),
        .init("lastFailedAt", .dateTime), .init("sampleId", .integer()), .init("sampleError", .string),
    ]))
private let letterAction = Schema.named(
    "DeadLetterAction",
    .object([
        .init("deadLetterId", .integer()), .init("action", .string), .init("actor", .nullable(.string)),
        .init("reason", .nullable(.string)), .init("outcome", .nullable(.string)), .init("at", .dateTime),
    ]))
private let replayed = Schema.object([
    .init("applied", .integer()), .init("duplicates", .integer()), .init("superseded", .integer()),
    .init("blocked", .integer()), .init("failed", .integer()),
    .init("next", .integer(), required: false, "What the next call gives as `after`, where there are more"),
])
private let lag = Schema.object([
    .init("topic", .string), .init("partition", .integer()), .init("position", .integer()), .init("end", .integer()),
    .init("lag", .integer()),
])
