import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// A state of a document as the ledger keeps it.
struct KnownState: Sendable {
    let entry: LedgerEntry
    /// How many lines it has.
    let lines: Int
    /// Whether it was told before, so that the lines themselves are not known.
    let isStored: Bool
}

extension Ledger {
    /// Works out what counts of documents whose rows are locked: those of several numbers, and those told after their time.
    @Loop
    static func settle(
        _ open: [ToldDocuments.One], since before: [BookName: LedgerRecord], _ older: inout OlderStates,
        in transaction: Transaction
    ) async throws -> LedgerRecorded {
        let isLate = Replay.isLate
        let stored = try await states(of: open.map(\.name), in: transaction)
        var settled: [SettledDocument] = []
        for one in open {
            guard let known = stored[one.name] else { continue }
            var document = SettledDocument(known)
            for entry in one.entries {
                let goesBack = document.take(entry, isLate)
                if goesBack, !isLate { older.note(entry, latest: document.latest(under: entry.document.partyID)) }
            }
            settled.append(document)
        }
        try await Redirects.holdMore(settled.compactMap(\.recalled), in: transaction)
        let counted = try await LedgerStore.write(settled, in: transaction)
        var recorded = LedgerRecorded()
        for document in settled {
            recorded.take(document.outcome(for: counted[document.name] ?? nil, since: before[document.name]))
        }
        return recorded
    }

    /// The states of documents that are kept, the one that counts first.
    @Loop
    private static func states(
        of names: [BookName], in transaction: Transaction
    ) async throws -> [BookName: DocumentStates<KnownState>] {
        var found: [BookName: DocumentStates<KnownState>] = [:]
        let rows = try await transaction.rows(
            LedgerStore.states, names.map(\.source), names.map(\.kind), names.map(\.id))
        for (source, kind, id, party, offset, toldAt, isCancelled, at, currency, total, status, lines) in rows {
            let name = BookName(source: source, kind: kind, id: id)
            guard let kind = LedgerEntry.Kind(rawValue: kind) else { continue }
            var document = ERPDocument()
            document.id = id
            document.at = at
            document.currency = currency
            document.total = Amount(units: total)
            document.status = status
            let entry = LedgerEntry(
                kind, document, isCancelled: isCancelled, toldAt: toldAt, source: source, offset: offset.map(Int64.init)
            )
            let state = DocumentStates<KnownState>.State(
                party: party, offset: entry.offset, told: entry.toldAt, isCancelled: isCancelled,
                content: KnownState(entry: entry, lines: lines, isStored: true))
            if found[name] == nil { found[name] = DocumentStates(state) } else { found[name]?.take(state) }
        }
        return found
    }
}

/// A document of which several states are looked at, as it was and as it is.
struct SettledDocument {
    private(set) var states: DocumentStates<KnownState>
    let name: BookName
    /// The party of the number under which it counted.
    let from: UUID?
    /// The parties of the numbers under which it was told before.
    private let known: Set<UUID?>

    init(_ known: DocumentStates<KnownState>) {
        states = known
        name = known.counting.content.entry.name
        from = known.counting.party
        self.known = Set([known.counting.party] + known.elsewhere.map(\.party))
    }

    mutating func take(_ entry: LedgerEntry, _ isLate: Bool) -> Bool {
        states.take(
            .init(
                party: entry.document.partyID, offset: entry.offset, told: entry.toldAt, isCancelled: entry.isCancelled,
                content: KnownState(entry: entry, lines: entry.document.lines.count, isStored: false)), isLate: isLate)
    }

    /// The latest time told under a number.
    func latest(under party: UUID?) -> Date? {
        ([states.counting] + states.elsewhere).first { $0.party == party }?.toldAt
    }

    /// The party of the number that counts now, where its state was told before.
    var recalled: UUID? { hasMoved && states.counting.content.isStored ? states.counting.party : nil }

    private var hasMoved: Bool { states.counting.party != from }

    /// The row of what counts, and of what is kept aside.
    var rows: (counting: DocumentRow, aside: [DocumentRow]) {
        (DocumentRow(states.counting, isMoved: !states.elsewhere.isEmpty), states.elsewhere.map { DocumentRow($0) })
    }

    /// The state that is no longer aside.
    var gone: DocumentRow? { hasMoved && known.contains(states.counting.party) ? DocumentRow(states.counting) : nil }

    /// What it changes, where it counts for a party now.
    func outcome(for party: UUID?, since before: LedgerRecord?) -> LedgerRecorded {
        var recorded = LedgerRecorded()
        let counting = states.counting
        if !counting.content.isStored || hasMoved {
            recorded.changes = LedgerChange.of(
                counting.content.entry, standing: counting.content.isStored ? .recalled : .told, for: party,
                since: before)
        }
        recorded.changes += states.elsewhere.filter { !$0.content.isStored }.map { .aside($0.content.entry) }
        if hasMoved {
            recorded.moves = [
                LedgerMove(name: name, from: from, to: counting.party, isRecalled: counting.content.isStored)
            ]
        }
        return recorded
    }
}
