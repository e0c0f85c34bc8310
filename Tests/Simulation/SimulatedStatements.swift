import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// A statement's values, by place and type.
struct Arguments {
    let values: [any SQLEncodable]
    func callAsFunction<T>(_ place: Int, _ type: T.Type = T.self) throws -> T {
        guard let value = values[place] as? T else {
            throw PostgresError(sqlState: "42804", message: "value \(place) is no \(T.self)")
        }
        return value
    }
}

typealias AnswerRow = [(any SQLEncodable)?]

extension SimulatedStore {
    /// Does what a named statement of messaging does in SQL.
    func execute(
        _ statement: Statement, _ value: Arguments, _ transaction: ServerTransaction, _ session: ServerSession
    ) async throws -> [AnswerRow] {
        let name = statement.name
        if name == "outbox.set_past" {
            transaction.isPast = true
            return []
        }
        if name.hasPrefix("consumer.") { return try await consume(name, value, transaction) }
        if name.hasPrefix("parking.") { return try await park(name, value, transaction) }
        if name.hasPrefix("timer.") { return try await time(name, value, transaction) }
        if name.hasPrefix("relay.") || name == Outbox.insert.name {
            return try await relay(name, value, transaction, session)
        }
        if name.hasPrefix("session.") { return try watch(name, value, session) }
        return try await business(name, value, transaction, session)
    }

    // MARK: Consuming

    private func consume(_ name: String, _ value: Arguments, _ transaction: ServerTransaction) async throws
        -> [AnswerRow]
    {
        let id = transaction.id
        switch name {
        case "consumer.load":
            return offsets.rows(id).map { [$0.key.first, $0.key.number, $0.value] }
        case "consumer.add_missing":
            for (topic, part) in zip(try value(1, [String].self), try value(2, [Int].self)) {
                let key = Names(first: topic, second: "", number: part)
                try await lock(offsets, key, transaction)
                if offsets.value(key, id) == nil { offsets.set(key, -1, id) }
            }
        case "consumer.move", "consumer.move_blindly":
            try await move(value, transaction, compares: name == "consumer.move")
        case "consumer.remember":
            var new: [AnswerRow] = []
            let names = zip(try value(1, [String].self), try value(2, [String].self))
                .map { Names(first: $0, second: $1) }
            for key in Set(names).sorted() {
                try await lock(inbox, key, transaction)
                guard inbox.value(key, id) == nil else { continue }
                inbox.set(key, true, id)
                new.append([key.first, key.second])
            }
            return new
        case "consumer.sequences":
            return zip(try value(1, [String].self), try value(2, [String].self)).compactMap { source, key in
                sequences.value(Names(first: source, second: key), id).map {
                    [source, key, $0.number, $0.epoch, $0.mark]
                }
            }
        case "consumer.raise_sequences":
            let names = zip(try value(1, [String].self), try value(2, [String].self))
                .map { Names(first: $0, second: $1) }
            guard Set(names).count == names.count else {
                throw PostgresError(sqlState: "21000", message: "a row cannot be affected a second time")
            }
            let (numbers, epochs): ([Int], [Int]) = (try value(3), try value(4))
            let marks: [Int?] = try value(5)
            for place in names.indices.sorted(by: { names[$0] < names[$1] }) {
                let new = AppliedRow(epoch: epochs[place], number: numbers[place], mark: marks[place])
                try await lock(sequences, names[place], transaction)
                let old = sequences.value(names[place], id)
                if old.map({ ($0.epoch, $0.number) < (new.epoch, new.number) }) ?? true {
                    sequences.set(names[place], new, id)
                }
            }
        case "consumer.dead_letter":
            let key = Names(first: try value(1), second: "\(try value(2, Int.self))", number: try value(3))
            try await lock(dead, key, transaction)
            dead.set(key, try value(8), id)
        default: throw unknown(name)
        }
        return []
    }

    private func move(_ value: Arguments, _ transaction: ServerTransaction, compares: Bool) async throws {
        let topics: [String] = try value(1)
        let parts: [Int] = try value(2)
        let expected: [Int] = try value(3)
        let next: [Int] = try value(4)
        for place in topics.indices {
            let key = Names(first: topics[place], second: "", number: parts[place])
            func compare() throws {
                guard compares, offsets.value(key, transaction.id) != expected[place] else { return }
                throw PostgresError(sqlState: "22012", message: "division by zero", statement: "consumer.move")
            }
            // An UPDATE waits only for rows that its snapshot finds fitting, and looks again when it has them.
            try compare()
            try await lock(offsets, key, transaction)
            try compare()
            offsets.set(key, next[place], transaction.id)
        }
    }

    // MARK: Parking

    private func park(_ name: String, _ value: Arguments, _ transaction: ServerTransaction) async throws -> [AnswerRow]
    {
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

    // MARK: Timers

    private func time(_ name: String, _ value: Arguments, _ transaction: ServerTransaction) async throws -> [AnswerRow]
    {
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

    // MARK: Relay

    private func relay(
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
                let number = UInt64(row.id)
                let event = UUID(
                    uuid: (
                        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, UInt8(number >> 24 & 255), UInt8(number >> 16 & 255),
                        UInt8(number >> 8 & 255), UInt8(number & 255)
                    ))
                return [
                    row.id, row.topic, row.key, row.sequence, event, row.type, nil, row.createdAt, row.payload,
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

    func append(
        topic: String, key: String, sequence: Int?, type: String, payload: String?, _ transaction: ServerTransaction,
        _ session: ServerSession
    ) {
        drawWriteOrder(transaction)
        let row = OutboxRow(
            id: nextOutboxID(session), topic: topic, key: key, sequence: sequence, type: type, payload: payload,
            writer: transaction.writeOrder, createdAt: clock, isPast: transaction.isPast)
        outbox.set(row.id, row, transaction.id)
        transaction.events.append(row)
    }

    func unknown(_ name: String) -> PostgresError {
        PostgresError(sqlState: "42601", message: "the simulation does not know \(name)")
    }
}
