import EventLoop
import Postgres

/// What of a batch was applied before.
extension BatchApplication {
    private struct Name: Hashable {
        let source: String
        let id: String
    }

    /// The items to apply: outside events that the inbox does not know, own events above their key's watermark.
    mutating func deduplicate(_ transaction: Transaction) async throws -> [BatchItem] {
        var outside: Set<Name> = []
        var own: Set<Name> = []
        for item in items {
            guard case .event(let event, _, let handler) = item.content, !handler.knowsOrder else { continue }
            if event.sequence == nil {
                outside.insert(Name(source: event.source, id: event.id))
            } else {
                own.insert(Name(source: event.source, id: event.key))
            }
        }
        var unseen: Completion<Rows>?
        var known: Completion<Rows>?
        if !outside.isEmpty {
            // In order: what a producer told twice may be met by two processes at once.
            let order = outside.sorted { ($0.id, $0.source) < ($1.id, $1.source) }
            unseen = transaction.enqueue(ConsumerStore.remember, group, order.map(\.source), order.map(\.id))
        }
        if !own.isEmpty {
            known = transaction.enqueue(ConsumerStore.sequences, group, own.map(\.source), own.map(\.id))
        }
        transaction.flush()
        var new = try await names(unseen, of: outside)
        var watermarks: [Name: Watermark] = [:]
        if let known {
            for row in try await known.wait() {
                watermarks[Name(source: try row.value(0), id: try row.value(1))] = Watermark(
                    epoch: try row.value(3), sequence: try row.value(2), mark: try row.value(4))
            }
        }
        let before = watermarks
        let fresh = items.filter { item in
            guard case .event(let event, _, let handler) = item.content else {
                counts.note(item.content)
                return false
            }
            let isFresh: Bool
            if handler.knowsOrder {
                isFresh = true
            } else if let sequence = event.sequence {
                let name = Name(source: event.source, id: event.key)
                let (last, this) = (watermarks[name] ?? .none, Watermark(event, sequence))
                let isNew = last.isBelow(this)
                isFresh = isNew || takesEarlier
                if isNew {
                    if last.leavesGap(to: this) { counts.gaps += 1 }
                    watermarks[name] = this
                } else if last.isFork(of: this) {
                    counts.forks += 1
                }
            } else {
                let name = Name(source: event.source, id: event.id)
                isFresh = PlantedBug.unfoldedBatch.isPlanted ? new.contains(name) : new.remove(name) != nil
            }
            if isFresh { counts.applied += 1 } else { counts.duplicates += 1 }
            return isFresh
        }
        raise(watermarks.filter { before[$0.key] != $0.value }, transaction)
        return Array(fresh)
    }

    private func names(_ answer: Completion<Rows>?, of asked: Set<Name>) async throws -> Set<Name> {
        guard let rows = try await answer?.wait() else { return [] }
        if rows.count == asked.count { return asked }
        var names: Set<Name> = []
        for row in rows { names.insert(Name(source: try row.value(0), id: try row.value(1))) }
        return names
    }

    private func raise(_ watermarks: [Name: Watermark], _ transaction: Transaction) {
        guard !watermarks.isEmpty else { return }
        let order = watermarks.sorted { ($0.key.id, $0.key.source) < ($1.key.id, $1.key.source) }
        transaction.enqueue(
            ConsumerStore.raiseSequences, group, order.map(\.key.source), order.map(\.key.id),
            order.map(\.value.sequence), order.map(\.value.epoch), order.map(\.value.mark))
    }
}
