import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres

extension Capability {
    /// Who did what to what, in a tree whose heads can be kept elsewhere. Where a service lists it, all its routes write down what they do.
    ///
    /// - Parameters:
    ///   - service: the service's name.
    ///   - migration: what its tables are called among the service's migrations.
    ///   - key: what signs heads; unless given, it follows from the setting `AUDIT_SECRET`.
    public static func audit(
        of service: String, since migration: String = "m202612010147_audit",
        key: (@Loop @Sendable (ServiceContext) throws -> Ed25519.PrivateKey?)? = nil
    ) -> Capability {
        let tables = ["audit", "audit_waiting", "audit_place", "audit_node", "audit_head", "audit_rule"]
        return Capability(
            "audit", "who did what to what, so that no change of it goes unnoticed",
            migrations: AuditStore.migrations(since: migration), statements: AuditStore.statements,
            standings: tables.map { .own($0) }
        ) { context in
            let key = try key?(context) ?? AuditSettings.key(of: service, context)
            let tree = AuditTree(context, origin: "rapport/\(service)", key: key)
            let years = try AuditSettings.years(context)
            let growing = SteadyWork(context.log, every: .seconds(1), failing: "the audit's tree does not grow")
            let thinning = SteadyWork(context.log, every: .seconds(3600), failing: "what is too old stays in the audit")
            return CapabilityParts(
                routes: auditRoutes(context, tree),
                background: [
                    { await growing.run { try await tree.grow() } },
                    { if let years { await thinning.run { try await tree.thin(years: years) } } },
                ])
        }
    }
}

/// What a firm says of its audit.
@Loop
private enum AuditSettings {
    /// The key that signs heads, the same for one secret: whoever keeps a head can check it years later.
    static func key(of service: String, _ context: ServiceContext) throws -> Ed25519.PrivateKey? {
        let secret = try context.settings.optional(
            Setting<String>(
                "AUDIT_SECRET", isSecret: true,
                help: "signs the heads of the audit; without it the database keeps the key, and heads show less"
            ) { $0.utf8.count >= 16 ? $0 : nil })
        return secret.flatMap {
            Ed25519.PrivateKey(
                seed: HMAC.sha256(key: Array($0.utf8), message: Array("audit heads of \(service)".utf8)))
        }
    }

    /// After how many years entries are removed; nil where they stay.
    static func years(_ context: ServiceContext) throws -> Int? {
        try context.settings.optional(
            Setting<Int>(
                "AUDIT_YEARS",
                help: "after how many years entries of the audit are removed, from 1; all stay unless given"
            ) { text in Int(text).flatMap { (1...100).contains($0) ? $0 : nil } })
    }
}

@Loop
private func auditRoutes(_ context: ServiceContext, _ tree: AuditTree) -> [Route] {
    [
        Route(
            .get, "/v1/audit", "What was done, newest first", tag: "audit", access: .export,
            parameters: [
                .limit, .query("after", .string, "The `next` of the page before"),
                .query("actor", .string, "Only what somebody did"),
                .query("subject", .string, "Only what was done to something: `person:ID`"),
                .query("action", .string, "How what was done begins: `person.`"),
                .query("from", .dateTime, "Not before"), .query("until", .dateTime, "Before"),
            ], gives: .json(.page(of: shownEntry))
        ) { request in
            var search = AuditSearch()
            search.after = try request.query("after").map { try place($0) }
            search.actor = request.query("actor")
            search.subject = request.query("subject")
            search.action = request.query("action")
            search.from = request.query("from").flatMap { RFC3339.date($0) }
            search.until = request.query("until").flatMap { RFC3339.date($0) }
            search.limit = request.pageLimit
            let rows = try await Audit.rows(search, context)
            return .page(
                rows.map { "{\"number\":\($0),\"place\":\($2.map { "\($0)" } ?? "null"),\"entry\":\($1)}" },
                limit: request.pageLimit, next: rows.last.map { "\($0.number)" })
        }.noted(),
        Route(
            .get, "/v1/audit/head", "The last signed head of the tree; who keeps it can hold all later ones against it",
            tag: "audit", access: .export, gives: .json(shownHead), refuses: [404]
        ) { _ in
            guard let head = try await tree.head() else { throw Problem.missing("entry of", "the audit yet") }
            return try Response(
                .ok,
                json: ShownHead(
                    size: head.size, head: head.text, key: Base64.encode(try await tree.key().publicKey.bytes)))
        },
        Route(
            .get, "/v1/audit/proof", "What shows that an entry stands in the tree, or that it begins with an older one",
            tag: "audit", access: .export,
            parameters: [
                .query("place", .integer(0...(.max)), "The entry's place"),
                .query("from", .integer(1...(.max)), "The size of an older tree"),
            ], gives: .json(shownProof), refuses: [404]
        ) { request in
            guard let head = try await tree.head() else { throw Problem.missing("entry of", "the audit yet") }
            let hashes: [MerkleTree.Hash]
            if let place = request.query("place", as: Int.self) {
                guard place < head.size else { throw Problem.missing("entry at the place", "\(place)") }
                hashes = try await tree.inclusion(of: place, in: head.size)
            } else if let old = request.query("from", as: Int.self) {
                guard old <= head.size else { throw Problem.missing("tree of the size", "\(old)") }
                hashes = try await tree.consistency(from: old, to: head.size)
            } else {
                throw Problem.field("place", "or from must be given")
            }
            return try Response(.ok, json: ShownProof(head: head.text, proof: hashes.map { Base64.encode($0) }))
        },
        Route(
            .get, "/v1/audit/entries", "All entries in the order of the tree, a line each, for a verifier elsewhere",
            tag: "audit", access: .export, gives: .bytes("application/x-ndjson")
        ) { _ in
            let size = try await tree.head()?.size ?? 0
            return .stream(contentType: "application/x-ndjson") { writer in
                var next = 0
                while next < size {
                    let rows = try await context.rows(AuditStore.entries, next, size, 1000)
                    guard let last = rows.last?.0 else { break }
                    let lines = rows.map { "\($0.1 ?? "{\"removed\":\"\(Base64.encode($0.2.bytes))\"}")\n" }
                    try await writer.write(Array(lines.joined().utf8))
                    next = last + 1
                }
            }
        }.noted(),
    ]
}

private func place(_ text: String) throws -> Int {
    guard let number = Int(text) else { throw PageCursor.refusal }
    return number
}

private struct ShownHead: Encodable {
    let size: Int
    let head: String
    let key: String
}

private struct ShownProof: Encodable {
    let head: String
    let proof: [String]
}

private let shownHead = Schema.object([
    .init("size", .integer()), .init("head", .string, "A checkpoint with its signature"),
    .init("key", .string, "The public key that checks it"),
])

private let shownProof = Schema.object([.init("head", .string), .init("proof", .array(.string), "Digests, upwards")])

private let shownEntry = Schema.object([
    .init("number", .integer(), "In the service, in the order of writing"),
    .init("place", .nullable(.integer()), "In the tree; null in its first second"),
    .init(
        "entry",
        .object([
            .init("id", .uuid), .init("at", .dateTime), .init("actor", .string), .init("name", .string),
            .init("session", .uuid, required: false), .init("address", .string, required: false),
            .init("action", .string), .init("subject", .string),
            .init("members", .array(.string), required: false), .init("trace", .string, required: false),
        ])),
])
