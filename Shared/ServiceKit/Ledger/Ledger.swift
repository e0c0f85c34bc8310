import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// The ERP documents that a service has applied: absolute state, so that a document that is told again changes nothing.
///
/// A document is known by its ERP, its kind and its number. Which of its states counts, `DocumentStates` says: nearly always a document is
/// told under one customer number, and its last state counts, which one statement sees to for a whole batch. Of one that was told under
/// several numbers the states of the others are kept aside, and what counts is worked out here.
public enum Ledger {
    /// The tables that follow from the topic alone. Documents from before ERPs were told apart and states kept aside have less than a new
    /// build; what counts is the same.
    static let readModels = [
        ReadModel(
            "erp_document",
            equal: """
                SELECT (kind, id, party_id, origin_id, at, currency, total, status, is_cancelled, lines)::text FROM erp_document
                """),
        ReadModel("erp_document_elsewhere", equal: "SELECT NULL::text WHERE false"),
    ]

    /// Records states of documents, and says what they change.
    ///
    /// It locks the redirects of their parties, and the documents: once in a transaction, before any party is locked. Whoever follows
    /// redirects in the same transaction has foreseen it, so that those documents are locked here too. Throws what has the batch tried
    /// again where another process does at the same moment what this one cannot wait for.
    @Loop
    public static func record(_ entries: [LedgerEntry], in transaction: Transaction) async throws -> LedgerRecorded {
        let told = ToldDocuments(entries, isLate: Replay.isLate)
        Redirects.hold(told.parties, in: transaction)
        DocumentLocks.of(transaction).areTaken = true
        let claims = claim(told, in: transaction)
        let found = try LedgerAnswer(
            try await transaction.query(
                LedgerStore.record.statement,
                values: LedgerStore.columns(of: told.all.map { DocumentRow($0) }) + [
                    Replay.isLate, Redirects.moving(in: transaction),
                ]), to: told.all.count)
        var recorded = LedgerRecorded()
        recorded.claimed = try await claims.wait().map { try BookName($0) }
        var open: [ToldDocuments.One] = []
        var aside: [DocumentRow] = []
        var older = OlderStates()
        for one in told.all {
            let name = one.name
            guard !found.open.contains(name) else {
                open.append(one)
                continue
            }
            let before = found.before[name]
            if !Replay.isLate { older.note(one, since: before) }
            recorded.changes += LedgerChange.of(
                one.lead.content, for: found.survivors[name] ?? one.lead.party, since: before)
            for state in one.states.elsewhere {
                recorded.changes.append(.aside(state.content))
                aside.append(DocumentRow(state))
            }
        }
        if !aside.isEmpty { LedgerStore.keepAside(aside, in: transaction) }
        if !open.isEmpty {
            recorded.take(try await settle(open, since: found.before, &older, in: transaction))
        }
        older.keep(in: transaction)
        return recorded
    }

    /// The states that are told of documents, the last one of each under each customer number with the latest time told there, in order of
    /// documents and parties: for who keeps all of them and no sums.
    @Loop
    public static func states(of entries: [LedgerEntry]) -> [DocumentStates<LedgerEntry>.State] {
        ToldDocuments(entries, isLate: Replay.isLate).all.sorted { $0.name < $1.name }
            .flatMap { one in
                ([one.lead] + one.states.elsewhere).sorted { ($0.party ?? .nobody) < ($1.party ?? .nobody) }
            }
    }

    /// Gives documents that were recorded before sources were kept the source of the state that is told under their number now. Where there
    /// are none, as nearly everywhere, the server sees that at once.
    @Loop
    private static func claim(_ told: ToldDocuments, in transaction: Transaction) -> Completion<Rows> {
        let leads = told.all.map(\.lead)
        return transaction.enqueue(
            LedgerStore.claim, leads.map(\.content.kind.rawValue), leads.map(\.content.document.id),
            leads.map(\.content.source), leads.map(\.party))
    }
}

extension LedgerRecorded {
    /// Adds what else was done.
    mutating func take(_ other: LedgerRecorded) {
        changes += other.changes
        moves += other.moves
    }
}
