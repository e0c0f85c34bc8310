import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// What the statements of the relay and the outbox do.
extension SimulatedStore {
    func relay(
        _ name: String, _ value: Arguments, _ transaction: ServerTransaction, _ session: ServerSession
    ) async throws -> [AnswerRow] {
        let id = transaction.id
        switch name {
        case Outbox.insert.name:
            append(
                topic: try value(0), key: try value(1), sequence: try value(2), type: try value(3),
                payload: try value(5), transaction, session)
        case "relay.lead":
            let known = Set(try value(0, [Int].self))
            return (0..<8).filter { !known.contains($0) && takeAdvisoryLock($0, session.id) }.map { [$0] }
        case "relay.page", "relay.page_by_transaction":
            let lanes = Set(try value(0, [Int].self))
            let gaps = Array(zip(try value(1, [Int].self), try value(2, [Int].self)))
            var page = outbox.rows(id).map(\.value).filter { row in
                lanes.contains(row.lane) && gaps.contains { $0.0 < row.id && row.id < $0.1 }
            }
            if name != "relay.page" { page.sort { ($0.writer, $0.id) < ($1.writer, $1.id) } }
            return page.prefix(try value(3)).map { row in
                [
                    row.id, row.topic, row.key, row.sequence, row.event, row.type, nil, row.createdAt, row.payload,
                    false, row.isPast,
                ]
            }
        case "relay.delete":
            for key in try value(0, [Int].self).sorted() {
                try await lock(outbox, key, transaction)
                if outbox.value(key, id) != nil { outbox.set(key, nil, id) }
            }
        case "relay.pulse": return [[1]]
        case "relay.prepare": break
        default: throw unknown(name)
        }
        return []
    }

    /// Two lives draw one number for two events, and never one id.
    private func eventID(_ number: Int) -> UUID {
        if hasLives { return chance.uuid() }
        return UUID(
            uuid: (
                0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, UInt8(number >> 24 & 255), UInt8(number >> 16 & 255),
                UInt8(number >> 8 & 255), UInt8(number & 255)
            ))
    }

    @discardableResult
    func append(
        topic: String, key: String, sequence: Int?, type: String, payload: String?, _ transaction: ServerTransaction,
        _ session: ServerSession
    ) -> OutboxRow {
        drawWriteOrder(transaction)
        let id = nextOutboxID(session)
        let row = OutboxRow(
            id: id, event: eventID(id), topic: topic, key: key, sequence: sequence, type: type, payload: payload,
            writer: transaction.writeOrder, createdAt: clock, isPast: transaction.isPast)
        outbox.set(row.id, row, transaction.id)
        transaction.events.append(row)
        return row
    }
}
