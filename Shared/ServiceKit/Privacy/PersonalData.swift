import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres

/// A table in which a service keeps something of persons, and what an erasure does to it.
public struct PersonalTable: Sendable {
    /// What an erasure does to the rows of a person.
    public enum Remedy: Sendable {
        /// They go.
        case remove
        /// They stay with these columns set, for the reason given.
        case blank(String, because: String)
        /// They stay as they are, for the reason given.
        case keep(because: String)
    }

    let name: String
    let condition: String
    let time: String?
    let remedy: Remedy

    /// Names a table; in the condition `t` is the row and `$1` the party's id.
    ///
    /// - Parameter time: when a row was made, as the life says that made it: an erasure that comes once more leaves rows that were made behind
    ///   it. Without it all rows go, as they do where another order sees to that, or nobody can know.
    public init(
        _ name: String, where condition: String = "t.party_id = $1", madeAt time: String? = nil, _ remedy: Remedy
    ) {
        self.name = name
        self.condition = condition
        self.time = time
        self.remedy = remedy
    }

    /// The rows that an erasure takes, up to a time where `$2` gives one.
    fileprivate var erased: String {
        guard let time else { return condition }
        return "(\(condition)) AND ($2::timestamptz IS NULL OR \(time) <= $2)"
    }

    /// The values of that.
    fileprivate func values(_ party: UUID, _ until: Date?) -> [any SQLEncodable] {
        time == nil ? [party] : [party, until]
    }
}

/// All that a service holds of persons: its part of an export and of an erasure are made from one list.
public struct PersonalData: Sendable {
    private struct Prepared: Sendable {
        let table: PersonalTable
        let read: Statement
        let count: Statement
        let change: Statement?
    }

    private let tables: [Prepared]
    private let terms: Statement
    private let subjects: Statement
    private let source: String
    private let follow: (@Loop @Sendable (PersonalData, Topic, inout Subscriptions) -> Void)?
    private let followDone: (@Loop @Sendable (inout Subscriptions) -> Void)?

    /// Describes what a service holds that does as contacts tells: it answers erasures with receipts, and requests for archives with its
    /// part.
    public init<Owner: ErasureOwner>(
        _ owner: Owner.Type, terms: String, subjects: String? = nil, _ tables: [PersonalTable]
    ) {
        self.init(
            Owner.name, terms: terms, subjects: subjects, tables,
            follow: { data, topic, subscriptions in data.subscribe(owner, topic, &subscriptions) },
            followDone: { subscriptions in
                subscriptions.on(ErasureCompleted<Owner>.self) { told, transaction in
                    for one in told {
                        transaction.enqueue(
                            ErasureDoneStore.note, one.data.erasureId, one.data.partyId, one.event.time)
                    }
                }
            })
    }

    /// Describes what the service holds that tells the others.
    public init(_ service: String, terms: String, subjects: String? = nil, _ tables: [PersonalTable]) {
        self.init(service, terms: terms, subjects: subjects, tables, follow: nil, followDone: nil)
    }

    /// - Parameters:
    ///   - terms: a query that gives the texts by which the party `$1`, and nobody else, is known: mail addresses, phone numbers, customer
    ///     numbers in their quotes. Messages that were put aside and hold one are removed; a name alone may be another person's.
    ///   - subjects: a query that gives the ids of the aggregates besides the party `$1` under whose keys this service publishes what
    ///     tells of the party.
    ///   - tables: in the order in which an erasure works on them.
    private init(
        _ service: String, terms: String, subjects: String?, _ tables: [PersonalTable],
        follow: (@Loop @Sendable (PersonalData, Topic, inout Subscriptions) -> Void)?,
        followDone: (@Loop @Sendable (inout Subscriptions) -> Void)?
    ) {
        self.followDone = followDone
        source = "/\(service)"
        self.follow = follow
        let others = subjects.map { " UNION \($0)" } ?? ""
        self.subjects = Statement("personal.\(service).subjects", "SELECT $1::uuid::text\(others)")
        self.terms = Statement("personal.\(service).terms", terms)
        self.tables = tables.enumerated().map { number, table in
            let name = "personal.\(service).\(number)"
            let change: String? =
                switch table.remedy {
                case .remove: "DELETE FROM \(table.name) t WHERE \(table.erased)"
                case .blank(let columns, _): "UPDATE \(table.name) t SET \(columns) WHERE \(table.erased)"
                case .keep: nil
                }
            return Prepared(
                table: table,
                read: Statement(
                    "\(name).read",
                    """
                    SELECT coalesce(json_agg(to_jsonb(t)), '[]')::text FROM \(table.name) t WHERE \(table.condition)
                    """),
                count: Statement(
                    "\(name).count", "SELECT count(*) FROM \(table.name) t WHERE \(table.erased)"),
                change: change.map { Statement("\(name).erase", $0) })
        }
    }

    /// All statements, for the test that prepares them.
    public var statements: [Statement] {
        [terms, subjects] + tables.flatMap { [$0.read, $0.count] + ($0.change.map { [$0] } ?? []) }
            + AsideStore.statements + ErasureDoneStore.statements
    }

    /// The texts by which a party is known here; ask before anything is erased.
    @Loop
    public func terms(of party: UUID, in transaction: Transaction) async throws -> [String] {
        let known: [String?] = try await transaction.query(terms, party).map { try $0.value(0) }
        return [party.text] + known.compactMap { $0 }.filter { !$0.isEmpty }
    }

    /// Removes what may be removed of a party, messages that were put aside too, and says what became of everything.
    ///
    /// - Parameter time: when this was done before, where it is done once more: then only what is from before that goes, as the person may
    ///   have come back. Nil takes all.
    @Loop
    public func erase(
        _ party: UUID, until time: Date? = nil, in transaction: Transaction
    ) async throws -> [ErasureLine] {
        let terms = try await terms(of: party, in: transaction)
        let subjects: [String] = try await transaction.query(subjects, party).map { try $0.value(0) }
        var lines: [ErasureLine] = []
        for prepared in tables {
            let values = prepared.table.values(party, time)
            let rows = try await transaction.query(prepared.count, values: values)
            let count: Int = try rows.first?.value(0) ?? 0
            if let change = prepared.change { transaction.enqueue(change, values: values) }
            let (action, reason): (String, String?) =
                switch prepared.table.remedy {
                case .remove: ("removed", nil)
                case .blank(_, let reason): ("blanked", reason)
                case .keep(let reason): ("kept", reason)
                }
            lines.append(ErasureLine(table: prepared.table.name, rows: count, action: action, reason: reason))
        }
        for (table, statement, goesByTime) in AsideStore.erasures {
            let values: [any SQLEncodable] = goesByTime ? [terms, time] : [terms]
            let gone = try await transaction.query(statement, values: values).affected
            lines.append(ErasureLine(table: table, rows: gone, action: "removed", reason: nil))
        }
        // Last, as the rows are locked by now: nobody writes of them any more.
        let keys = try await SubjectKeys.destroy(subjects, of: source, madeBy: time, in: transaction)
        if keys > 0 { try SubjectKeys.remind(of: subjects, party: party.text, in: transaction) }
        lines.append(
            ErasureLine(
                table: "subject_key", rows: keys, action: "removed",
                reason:
                    "what was published is sealed with these keys, and nobody can read it any more; the keys themselves leave the topic "
                    + "crm.subject-keys with its compaction, within about two hours"))
        return lines
    }

    /// Knows of the erasures that lives before have done, and when.
    @Loop
    func recover(_ subscriptions: inout Subscriptions) { followDone?(&subscriptions) }

    /// The route by which all that this service holds of a party is read.
    @Loop
    public func routes(_ context: ServiceContext) -> [Route] {
        [
            Route(
                .get, "/v1/privacy/parties/{id}", "All that this service holds of a party, by table", tag: "privacy",
                access: .erase, parameters: [.path("id", .uuid, "The party")], gives: .json(.map(.array(.any)))
            ) { request in
                let party = try request.id()
                return .stream(contentType: "application/json") { writer in
                    for (number, prepared) in tables.enumerated() {
                        let rows = try await context.query(prepared.read, party)
                        let list: String = try rows.first?.value(0) ?? "[]"
                        let text = "\(number == 0 ? "{" : ",")\n\"\(prepared.table.name)\":\(list)"
                        try await writer.write(Array(text.utf8))
                    }
                    try await writer.write(Array("}\n".utf8))
                }
            }.noted()
        ]
    }

    /// All that this service holds of a party as JSON, an object of lists by table, in pieces that fit into events.
    @Loop
    public func pieces(of party: UUID, in transaction: Transaction) async throws -> [[UInt8]] {
        var text = ""
        for prepared in tables {
            let rows = try await transaction.query(prepared.read, party)
            let list: String = try rows.first?.value(0) ?? "[]"
            text += "\(text.isEmpty ? "{" : ",")\n\"\(prepared.table.name)\":\(list)"
        }
        let bytes = Array((text + "\n}\n").utf8)
        return stride(from: 0, to: bytes.count, by: Self.pieceSize).map {
            Array(bytes[$0..<min($0 + Self.pieceSize, bytes.count)])
        }
    }

    /// In base 64 and with what stands around it below the bound of the outbox.
    private static let pieceSize = 500_000

    /// Answers erasures and requests for archives on the service's own topic, where it does as contacts tells.
    @Loop
    func subscribe(_ topic: Topic, _ subscriptions: inout Subscriptions) { follow?(self, topic, &subscriptions) }

    @Loop
    private func subscribe<Owner: ErasureOwner>(
        _ owner: Owner.Type, _ topic: Topic, _ subscriptions: inout Subscriptions
    ) {
        subscriptions.on(PartyErased.self) { events, transaction in
            for event in events.map(\.data) {
                guard let erasure = event.erasureId else {
                    _ = try await erase(event.partyId, in: transaction)
                    continue
                }
                let done: Date? = try await transaction.query(ErasureDoneStore.done, erasure, event.partyId).first?
                    .value(0)
                let lines = try await erase(event.partyId, until: done, in: transaction)
                transaction.enqueue(ErasureDoneStore.note, erasure, event.partyId, Date?.none)
                try Outbox.append(
                    ErasureCompleted<Owner>(partyId: event.partyId, erasureId: erasure, lines: lines),
                    topic: topic, key: event.partyId.text, sequence: nil, in: transaction)
            }
        }
        subscriptions.on(ArchiveRequested.self) { events, transaction in
            for event in events.map(\.data) {
                let pieces = try await pieces(of: event.partyId, in: transaction)
                for (number, piece) in pieces.enumerated() {
                    let part = ArchiveDelivered<Owner>(
                        archiveId: event.archiveId, partyId: event.partyId, piece: number, pieces: pieces.count,
                        bytes: Base64.encode(piece))
                    try Outbox.append(part, topic: topic, key: event.partyId.text, sequence: nil, in: transaction)
                }
            }
        }
    }
}
