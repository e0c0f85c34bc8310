import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit
import Text

/// Works imports off in steps, each a piece of the upload in one transaction with the import's place: a process that dies loses the
/// step under way and no more, and any process goes on with the next. Parsing runs off the loop.
@Loop
final class ImportWorker {
    private let context: ServiceContext
    private let work: SteadyWork
    /// The search index taking in what steps wrote, which is as much work as writing it: behind them and beside the next.
    private var tidying: Task<Void, any Error>?
    /// Steps whose terms wait for that. Two are taken in together: many of their terms are the same.
    private var untidy = 0
    /// The next pieces of imports that are under way, each import's one: they take turns.
    private var ahead: [UUID: (number: Int, parsing: Task<ParsedStep, any Error>)] = [:]

    init(_ context: ServiceContext) {
        self.context = context
        work = SteadyWork(context.log, every: .seconds(2), failing: "an import pauses")
    }

    /// Says that there is something to do.
    func wake() { work.wake() }

    func run() async {
        await work.run(begin: { _ = try await context.pool.query(ImportStore.sweep) }) { try await step() }
    }

    /// Does one step of the oldest import; false where none waits.
    func step() async throws -> Bool {
        var claimed: UUID?
        do {
            let isDone = try await context.transaction { transaction in
                transaction.enqueue(ImportStore.allow)
                guard
                    let (id, state, options, next, chunks, carry, header, line) = try await transaction.rows(
                        ImportStore.claim
                    ).first
                else { return false }
                claimed = id
                if state == "undoing" {
                    try await ImportUndo.step(id, transaction)
                } else if next < chunks {
                    let start = try ParsedStep(options, header, line, carry)
                    try await read(id, start, next, chunks, transaction)
                } else {
                    transaction.enqueue(ImportStore.end, id, "done")
                }
                return true
            }
            untidy += isDone ? 1 : 0
            if untidy == 2 || !isDone && untidy > 0 {
                _ = try? await tidying?.value
                tidying = tidy()
                untidy = 0
            }
            return isDone
        } catch {
            let isTransient = (error as? PostgresError)?.verdict == .retry || error is PoolExhausted
            guard let claimed, !isTransient else { throw error }
            // What fails once fails always: the import ends here, what it did before can be undone.
            let reason = "\(error)".prefix(2000).replacing(["\0": "\u{FFFD}"])
            _ = try await context.pool.query(ImportStore.fail, claimed, String(reason))
            return true
        }
    }

    /// Begins to bring the search index in order; the second step from now ends when this has, so what waits there has a bound. Where it
    /// fails it is the next one's to do, or the database's own upkeep's.
    private func tidy() -> Task<Void, any Error> {
        let pool = context.pool
        return Task { @Loop in
            try await pool.transaction { transaction in
                transaction.enqueue(ImportStore.allow)
                transaction.enqueue(ImportStore.tidy)
            }
        }
    }

    private func read(
        _ id: UUID, _ start: ParsedStep, _ next: Int, _ chunks: Int, _ transaction: Transaction
    ) async throws {
        let parsed: ParsedStep
        if let (number, parsing) = ahead.removeValue(forKey: id), number == next {
            parsed = try await parsing.value
        } else {
            parsed = try await parse(start, id, next, chunks, transaction)
        }
        if next + 1 < chunks { parseAhead(behind: parsed, id, next + 1, chunks) }
        let counts = try await ImportStep(id, parsed, transaction).apply()
        let errors = parsed.errors
        let notes = errors.map { ImportNote($0) } + counts.notes
        if !notes.isEmpty {
            transaction.enqueue(
                ImportStore.note, id, notes.map(\.line), notes.map(\.outcome.rawValue), notes.map(\.field),
                notes.map(\.message), notes.map(\.record), notes.map(\.party))
        }
        transaction.enqueue(ImportStore.dropChunk, id, next)
        transaction.enqueue(
            ImportStore.advance, id, SQLBytes(parsed.place.carry),
            try parsed.place.header.map { try ModelJSON.text($0) }, parsed.place.line,
            try ModelJSON.text(parsed.options), parsed.rows + errors.count, counts.created, counts.changed,
            counts.skipped, errors.count + counts.refused, parsed.bytes, counts.added, counts.relations, counts.consents
        )
        if next == chunks - 1 {
            transaction.enqueue(ImportStore.tidy)
            transaction.enqueue(ImportStore.end, id, "done")
        }
    }

    private func parse(
        _ before: ParsedStep, _ id: UUID, _ number: Int, _ chunks: Int, _ transaction: Transaction
    ) async throws -> ParsedStep {
        let fields = try CustomFields(try await transaction.query(FieldStore.all))
        let labels = try await transaction.query(FieldStore.labels).map { row in
            (try row.value(0) as String, try row.value(1) as String)
        }
        guard let bytes: SQLBytes = try await transaction.query(ImportStore.chunk, id, number).first?.value(0) else {
            throw ImportFailure(description: "A piece of the upload is missing.")
        }
        return try await Loop.offload {
            var parser = ImportParser(before.options, before.place, fields, labels: ImportColumn.keys(labels))
            try parser.read(bytes.bytes, isLast: number == chunks - 1)
            return try ParsedStep(parser, bytes: bytes.bytes.count)
        }
    }

    /// Parses the next piece while the database works on this one; it is of use only where this step commits and the next is ours too,
    /// and what it gives depends on nothing else.
    private func parseAhead(behind parsed: ParsedStep, _ id: UUID, _ number: Int, _ chunks: Int) {
        let pool = context.pool
        let parsing = Task { @Loop in
            try await pool.transaction { try await self.parse(parsed, id, number, chunks, $0) }
        }
        // What is ahead of an import that ended elsewhere is of no use to anybody.
        if ahead.count > 8 { ahead = [:] }
        ahead[id] = (number, parsing)
    }
}

extension ParsedStep {
    /// Where an import stands, as it is stored.
    fileprivate init(_ options: String, _ header: String?, _ line: Int, _ carry: SQLBytes) throws {
        let decoder = JSONDecoder()
        let headings = try header.map { try decoder.decode([String].self, from: Data($0.utf8)) }
        self.init(
            try decoder.decode(ImportOptions.self, from: Data(options.utf8)),
            ImportPlace(header: headings, line: line, carry: carry.bytes))
    }
}
