import EventLoop
import Messaging
import Postgres

/// What the statements of parking do.
extension SimulatedStore {
    func park(_ name: String, _ value: Arguments, _ transaction: ServerTransaction) async throws -> [AnswerRow] {
        let id = transaction.id
        func held() throws -> Set<Names> {
            Set(
                zip(try value(1, [String].self), try value(2, [Int].self)).map {
                    Names(first: $0, second: "", number: $1)
                })
        }
        func heldKeys() throws -> [(key: Names, value: ParkedKeyRow)] {
            let held = try held()
            return parkedKeys.rows(id).filter {
                held.contains(Names(first: $0.key.first, second: "", number: $0.value.part))
            }
        }
        switch name {
        case "parking.summary":
            let keys = try heldKeys()
            let due = keys.map { ($0.value.nextTry - Loop.now).seconds }.min()
            return [[keys.count, parkedMessages.rows(id).count, due]]
        case "parking.partitions":
            return Set(try heldKeys().map { Names(first: $0.key.first, second: "", number: $0.value.part) })
                .sorted { ($0.first, $0.number) < ($1.first, $1.number) }.map { [$0.first, $0.number] }
        case "parking.known":
            return zip(try value(1, [String].self), try value(2, [String].self)).compactMap { topic, key in
                parkedKeys.value(Names(first: topic, second: key), id).map { _ in [topic, key] }
            }
        case "parking.park_keys":
            let keys: [String] = try value(3)
            let parts: [Int] = try value(2)
            for (place, topic) in try value(1, [String].self).enumerated() {
                let key = Names(first: topic, second: keys[place])
                try await lock(parkedKeys, key, transaction)
                guard parkedKeys.value(key, id) == nil else { continue }
                let next = Loop.now + .milliseconds(try value(5, Int.self))
                parkedKeys.set(key, ParkedKeyRow(part: parts[place], nextTry: next), id)
            }
        case "parking.park_messages": try parkMessages(value, id)
        case "parking.due":
            return try heldKeys().filter { $0.value.nextTry <= Loop.now }.sorted { $0.value.nextTry < $1.value.nextTry }
                .prefix(50).map { [$0.key.first, $0.value.part, $0.key.second, $0.value.attempt] }
        default: return try await retry(name, value, transaction)
        }
        return []
    }

    private func parkMessages(_ value: Arguments, _ id: Int) throws {
        let offsets: [Int] = try value(3)
        let keys: [String] = try value(4)
        let raw: [SQLBytes?] = try value(5)
        let headers: [SQLBytes] = try value(6)
        let values: [SQLBytes?] = try value(7)
        for (place, topic) in try value(1, [String].self).enumerated() {
            let key = Names(first: topic, second: keys[place], number: offsets[place])
            guard parkedMessages.value(key, id) == nil else {
                throw PostgresError(sqlState: "23505", message: "parked already", constraint: "parked_message_pkey")
            }
            parkedMessages.set(
                key, ParkedMessageRow(key: raw[place], headers: headers[place], value: values[place]), id)
        }
    }

    private func retry(_ name: String, _ value: Arguments, _ transaction: ServerTransaction) async throws -> [AnswerRow]
    {
        let id = transaction.id
        let key = Names(first: try value(1), second: try value(2))
        let mine = parkedMessages.rows(id).filter { $0.key.first == key.first && $0.key.second == key.second }
        switch name {
        case "parking.messages":
            return mine.prefix(try value(3)).map {
                [$0.key.number, $0.value.key, $0.value.headers, $0.value.value]
            }
        case "parking.release":
            let released = Set(try value(3, [Int].self))
            for row in mine where released.contains(row.key.number) {
                try await lock(parkedMessages, row.key, transaction)
                parkedMessages.set(row.key, nil, id)
            }
        case "parking.advance", "parking.put_off", "parking.forget":
            try await lock(parkedKeys, key, transaction)
            guard var row = parkedKeys.value(key, id) else { return [] }
            if name == "parking.forget" {
                if mine.isEmpty { parkedKeys.set(key, nil, id) }
                return []
            }
            row.attempt = name == "parking.advance" ? try value(3, Int.self) : row.attempt + 1
            row.nextTry = name == "parking.advance" ? Loop.now : Loop.now + .milliseconds(try value(4, Int.self))
            parkedKeys.set(key, row, id)
        default: throw unknown(name)
        }
        return []
    }
}
