import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit

/// A kind of thing that the directory keeps: made, changed, listed and recovered alike, and told whole at each change.
struct Kept<State: Codable & Sendable, Told: EventData & Codable>: Sendable {
    let record: Record<State>
    let resource: Resource
    /// A new one.
    let blank: @Sendable (UUID) -> State
    let id: @Sendable (State) -> UUID
    /// How it is told, and what was told.
    let tell: @Sendable (State) -> Told
    let told: @Sendable (Told) -> State
    /// Refuses what no single field can say; `old` is nil for a new one.
    let check: @Loop @Sendable (_ new: State, _ old: State?, Transaction) async throws -> Void
    let page: Query<(UUID?, String?, Int), (String, UUID)>

    // MARK: Changes

    /// Makes one, as a caller describes it.
    @Loop
    func create(_ said: Patch<State>, in transaction: Transaction) async throws -> UUID {
        let id = UUID.v7()
        try await add(said.applied(to: blank(id)), in: transaction)
        return id
    }

    /// Adds one that is not there yet.
    @Loop
    func add(_ new: State, in transaction: Transaction) async throws {
        try await check(new, nil, transaction)
        transaction.enqueue(insert, values: record.values(new))
        Audit.write(AuditEntry("\(record.name).made", subject(id(new))), in: transaction)
        try Outbox.append(tell(new), key: id(new), sequence: 1, in: transaction)
    }

    /// Changes one that is still at the version seen.
    @Loop
    func change(
        _ id: UUID, _ seen: Seen, _ said: Patch<State>, in transaction: Transaction
    ) async throws -> Completion<Rows> {
        let (old, version) = try await record.locked(id, lock, in: transaction)
        try await seen.check(resource, id, at: version, in: transaction)
        return try await save(said.applied(to: old), over: old, at: version, in: transaction)
    }

    /// Changes one by a command of its own that has seen a version; a 412 where that is not the latest.
    @Loop
    func change(
        _ id: UUID, seen: Int, in transaction: Transaction, _ change: (inout State) throws -> Void
    ) async throws {
        let (old, version) = try await record.locked(id, lock, in: transaction)
        guard version == seen else { throw Problem(status: 412, detail: "Somebody has changed it meanwhile.") }
        var new = old
        try change(&new)
        _ = try await save(new, over: old, at: version, in: transaction)
    }

    /// One as it is now, with its version; a 404 where there is none.
    @Loop
    func shown(_ id: UUID, _ context: ServiceContext) async throws -> (State, Int) {
        try await context.transaction { try await record.locked(id, lock, in: $0) }
    }

    /// Changes one by a command of its own, whatever its version.
    @Loop
    func change(_ id: UUID, in transaction: Transaction, _ change: (inout State) throws -> Void) async throws {
        let (old, version) = try await record.locked(id, lock, in: transaction)
        var new = old
        try change(&new)
        _ = try await save(new, over: old, at: version, in: transaction)
    }

    @Loop
    private func save(
        _ new: State, over old: State, at version: Int, in transaction: Transaction
    ) async throws -> Completion<Rows> {
        let id = id(new)
        if record.isSame(new, old) { return transaction.enqueue(resource.get.statement, id) }
        try await check(new, old, transaction)
        let shown = transaction.enqueue(update, values: record.values(new))
        let entry = AuditEntry("\(record.name).changed", subject(id), members: record.differences(new, old))
        Audit.write(entry, in: transaction)
        try Outbox.append(tell(new), key: id, sequence: version + 1, in: transaction)
        return shown
    }

    /// `person:0190…`.
    private func subject(_ id: UUID) -> String { "\(record.name):\(id.text)" }

    // MARK: Routes and lives

    /// The routes that every kind has.
    @Loop
    func routes(_ context: ServiceContext, _ summary: String) -> [Route] {
        [
            resource.create(context, .new(record)) { try await create($0, in: $1) },
            resource.list(
                summary, filters: [.query("status", .enumeration(Directory.statuses), "Only those of a status")]
            ) { request in
                try await context.rows(page, request.pageAfter, request.query("status"), request.pageLimit)
            },
            resource.one(context),
            resource.change(context, .change(record)) { try await change($0, $1, $2, in: $3) },
        ]
    }

    /// The parts of its capability: what is told is recovered and told again alike for every kind.
    @Loop
    func parts(_ routes: [Route]) -> CapabilityParts {
        CapabilityParts(
            routes: routes, recovers: { recover(&$0) }, tellsAgain: { try await tellAgain($0, in: $1) })
    }

    /// What a later life knows of what was told.
    @Loop
    private func recover(_ subscriptions: inout Subscriptions) {
        subscriptions.on(Told.self) { received, transaction in
            record.recover(
                received.compactMap { ToldRecord($0, told($0.data)) }, by: recoverRow, in: transaction)
        }
    }

    /// Tells those of some keys again.
    @Loop
    private func tellAgain(_ keys: [String], in transaction: Transaction) async throws -> Set<String> {
        try await record.tellAgain(keys, by: raise, in: transaction) { state, version in
            try Outbox.append(tell(state), key: id(state), sequence: version, in: transaction)
        }
    }
}

/// What all kinds of the directory have in common.
enum Directory {
    /// Nothing is deleted: what others name must be found as long as they do.
    static let statuses = ["active", "ended"]

    /// A 422 about what is named and is not there.
    static func unknown(_ field: String, _ what: String) -> Problem {
        Problem(
            status: 422, detail: "\(field) names \(what) that there is not.",
            errors: [FieldError(field: field, message: "names \(what) that there is not")])
    }
}
