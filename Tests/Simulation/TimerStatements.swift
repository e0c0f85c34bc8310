import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// What the statements of timers do.
extension SimulatedStore {
    func time(_ name: String, _ value: Arguments, _ transaction: ServerTransaction) async throws -> [AnswerRow] {
        let id = transaction.id
        switch name {
        case "timer.set":
            // A trigger of the table leaves it out.
            if transaction.isPast { break }
            let key = Names(first: try value(0), second: try value(1))
            try await lock(timers, key, transaction)
            timers.set(key, TimerRow(due: try value(2), payload: try value(3)), id)
        case "timer.cancel", "timer.take":
            let key = Names(first: try value(0), second: try value(1))
            try await lock(timers, key, transaction)
            guard let row = timers.value(key, id), name == "timer.cancel" || row.due <= clock else { return [] }
            timers.set(key, nil, id)
            return [[1]]
        case "timer.claim", "timer.claim_punctual":
            let kinds = Set(try value(0, [String].self))
            let due = timers.rows(id).filter { row in
                kinds.contains(row.key.first) && row.value.due <= clock && [0, id].contains(timers.owner(of: row.key))
            }
            var claimed: [AnswerRow] = []
            for row in due.sorted(by: { $0.value.due < $1.value.due }).prefix(try value(1)) {
                timers.set(row.key, nil, id)
                if name == "timer.claim_punctual", row.value.due < clock.addingTimeInterval(-0.3) { continue }
                claimed.append([row.key.first, row.key.second, row.value.due, row.value.payload])
            }
            return claimed
        case "timer.next":
            let kinds = Set(try value(0, [String].self))
            let due = timers.rows(id).filter { kinds.contains($0.key.first) }.map {
                $0.value.due.timeIntervalSince(clock)
            }
            return [[due.min(), due.count { $0 < -5 }]]
        case "timer.bury":
            dead.set(Names(first: "timer", second: try value(1), number: transaction.id), try value(3), id)
        default: throw unknown(name)
        }
        return []
    }
}
