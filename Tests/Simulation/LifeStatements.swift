import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

extension SimulatedStore {
    /// The row of a schema's life.
    struct LifeRow {
        var epoch: Int
        var incarnation: UUID
        var cause: String
        var state: String
        var begunAt: Date
        var before: Int?
        var knownPlace = 0
        /// JSON, as it lies in the table.
        var actFrom = "[]"
    }

    /// What the statements of lives do.
    func live(
        _ name: String, _ value: Arguments, _ transaction: ServerTransaction, _ session: ServerSession
    ) async throws
        -> [AnswerRow]
    {
        let id = transaction.id
        switch name {
        case "life.current":
            return life.value(0, id).map {
                [
                    [
                        $0.epoch, $0.incarnation, $0.cause, $0.state, $0.begunAt, $0.before, $0.knownPlace,
                        $0.actFrom,
                    ]
                ]
            } ?? []
        case "life.draw_first":
            try await lock(life, 0, transaction)
            guard life.value(0, id) == nil else { break }
            life.set(0, try lifeRow(epoch: value(0), cause: "first"), id)
        case "life.draw":
            try await lock(life, 0, transaction)
            var row = lifeRow(epoch: try value(0), cause: try value(1))
            (row.actFrom, row.before, row.knownPlace) = (try value(2), try value(3), try value(4))
            life.set(0, row, id)
        case "life.waiting":
            let (last, limit): (Int, Int) = (try value(0), try value(1))
            return outbox.rows(id).filter { $0.key > last && !$0.value.isPast }.prefix(limit).map {
                [$0.key, $0.value.event, $0.value.topic]
            }
        case "life.mark_told":
            for key in try value(0, [Int].self).sorted() {
                try await lock(outbox, key, transaction)
                guard var waiting = outbox.value(key, id) else { continue }
                waiting.isPast = true
                outbox.set(key, waiting, id)
            }
        case "life.advance":
            try await lock(life, 0, transaction)
            guard var row = life.value(0, id), try row.incarnation == value(0) else { break }
            row.state = try value(1)
            life.set(0, row, id)
        case "life.place": return [[place]]
        case "life.home": return [[home]]
        case "life.clock": return [[Int(clock.timeIntervalSince1970 * 1000)]]
        case "life.claim": return [[takeAdvisoryLock(52, session.id)]]
        case "life.note_keys":
            for key in try value(0, [String].self).sorted() {
                let name = Names(first: key, second: "")
                try await lock(toldAgain, name, transaction)
                toldAgain.set(name, true, id)
            }
        case "life.take_keys":
            let free = toldAgain.rows(id).filter { [0, id].contains(toldAgain.owner(of: $0.key)) }
            return free.prefix(try value(0)).map { row in
                toldAgain.set(row.key, nil, id)
                return [row.key.first]
            }
        case "life.note_ended":
            let (keys, epochs): ([String], [Int]) = (try value(1), try value(2))
            for (key, epoch) in zip(keys, epochs) {
                let name = Names(first: key, second: "")
                try await lock(endedKeys, name, transaction)
                endedKeys.set(name, max(epoch, endedKeys.value(name, id) ?? 0), id)
            }
        case "life.take_ended":
            var taken: [AnswerRow] = []
            for row in endedKeys.rows(id) {
                try await lock(endedKeys, row.key, transaction)
                guard let epoch = endedKeys.value(row.key, id) else { continue }
                endedKeys.set(row.key, nil, id)
                let name = Names(first: "/own", second: row.key.first)
                try await lock(places.sequences, name, transaction)
                guard places.sequences.value(name, id).map({ $0.epoch < epoch }) ?? true else { continue }
                places.sequences.set(name, AppliedRow(epoch: epoch, number: 0, mark: nil), id)
                taken.append([row.key.first])
            }
            return taken
        case "life.orphans":
            let (source, epoch): (String, Int) = (try value(0), try value(1))
            return try await held(before: epoch, transaction) { $0.first == source }
        case "life.is_told":
            let last: Int = try value(0)
            return [[!outbox.rows(id).contains { $0.key <= last }]]
        default: return try await forget(name, transaction)
        }
        return []
    }

    /// Keys that were heard of in lives before one, whose rows are locked.
    private func held(
        before epoch: Int, _ transaction: ServerTransaction, where isMeant: (Names) -> Bool
    ) async throws -> [AnswerRow] {
        var found: [AnswerRow] = []
        for row in places.sequences.rows(transaction.id) where isMeant(row.key) && row.value.epoch < epoch {
            try await lock(places.sequences, row.key, transaction)
            guard let now = places.sequences.value(row.key, transaction.id), now.epoch < epoch else { continue }
            // What was applied last is forgotten with what rests on it.
            places.sequences.set(row.key, AppliedRow(epoch: now.epoch, number: now.number, mark: nil), transaction.id)
            found.append([row.key.second])
        }
        return found
    }

    private func lifeRow(epoch: Int, cause: String) -> LifeRow {
        LifeRow(epoch: epoch, incarnation: chance.uuid(), cause: cause, state: "drawn", begunAt: clock)
    }

    /// Where a recovery stood is of no use behind its end.
    private func forget(_ name: String, _ transaction: ServerTransaction) async throws -> [AnswerRow] {
        let places = recovery
        switch name {
        case "life.forget_offsets": try await clear(places.offsets, transaction)
        case "life.forget_sequences": try await clear(places.sequences, transaction)
        case "life.forget_inbox": try await clear(places.inbox, transaction)
        default: throw unknown(name)
        }
        return []
    }

    private func clear<Value>(_ table: SimulatedTable<Names, Value>, _ transaction: ServerTransaction)
        async throws
    {
        for row in table.rows(transaction.id) {
            try await lock(table, row.key, transaction)
            table.set(row.key, nil, transaction.id)
        }
    }
}

extension Chance {
    func uuid() -> UUID {
        let bytes = (0..<16).map { _ in UInt8(number(0...255)) }
        return UUID(
            uuid: (
                bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7], bytes[8],
                bytes[9],
                bytes[10], bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]
            ))
    }
}
