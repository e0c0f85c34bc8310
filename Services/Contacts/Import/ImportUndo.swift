import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// Takes an import back: relations and parties that it made go, parties that it changed are as before. What was changed since is kept as it
/// is and counted: nobody's later work is lost. What other systems call parties that stay, and what persons have forbidden, stays.
@Loop
enum ImportUndo {
    /// One step of a thousand parties at most; the last one ends it.
    static func step(_ id: UUID, _ transaction: Transaction) async throws {
        // Relations first: whom others know by those of this import alone nobody knows.
        if let count = try await transaction.rows(ImportAdditionStore.unrelate, id).first, count > 0 {
            transaction.enqueue(ImportStore.undoAdvance, id, 0, 0)
            return
        }
        let rows = try await transaction.query(ImportStore.undoRows, id)
        guard !rows.isEmpty else {
            transaction.enqueue(ImportStore.end, id, "undone")
            return
        }
        var created: [UUID] = []
        var changed: [(id: UUID, before: String)] = []
        var kept = 0
        for row in rows {
            let (version, now): (Int, Int?) = (try row.value(1), try row.value(3))
            let before: String? = try row.value(2)
            guard version == now else {
                kept += 1
                continue
            }
            if let before { changed.append((try row.value(0), before)) } else { created.append(try row.value(0)) }
        }
        if !created.isEmpty {
            transaction.enqueue(ImportStore.remove, created)
            _ = try await SubjectKeys.destroy(created.map(\.text), of: "/contacts", in: transaction)
        }
        if !changed.isEmpty {
            transaction.enqueue(ImportStore.restore, changed.map(\.before))
            transaction.enqueue(FieldStore.clearNumbers, changed.map(\.id))
            transaction.enqueue(FieldStore.insertNumbers, changed.map(\.id))
        }
        transaction.enqueue(ImportStore.forget, id, try rows.map { try $0.value(0) as UUID })
        transaction.enqueue(ImportStore.undoAdvance, id, created.count + changed.count, kept)
    }
}
