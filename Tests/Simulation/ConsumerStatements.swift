import EventLoop
import Messaging
import Postgres

/// What the statements of the consumer do.
extension SimulatedStore {
    func consume(_ name: String, _ value: Arguments, _ transaction: ServerTransaction) async throws
        -> [AnswerRow]
    {
        // How the server plans is not simulated.
        if name == "consumer.reuse_plans" { return [] }
        let id = transaction.id
        let mine = places(of: try value(0))
        let (offsets, inbox, sequences) = (mine.offsets, mine.inbox, mine.sequences)
        switch name {
        case "consumer.load":
            return offsets.rows(id).map { [$0.key.first, $0.key.number, $0.value] }
        case "consumer.add_missing":
            for (topic, part) in zip(try value(1, [String].self), try value(2, [Int].self)) {
                let key = Names(first: topic, second: "", number: part)
                try await lock(offsets, key, transaction)
                if offsets.value(key, id) == nil { offsets.set(key, -1, id) }
            }
        case "consumer.move", "consumer.move_unparked", "consumer.move_blindly":
            try await move(name, value, transaction)
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

    private func move(_ name: String, _ value: Arguments, _ transaction: ServerTransaction) async throws {
        let offsets = places(of: try value(0)).offsets
        let topics: [String] = try value(1)
        let parts: [Int] = try value(2)
        let expected: [Int] = try value(3)
        let next: [Int] = try value(4)
        for place in topics.indices {
            let key = Names(first: topics[place], second: "", number: parts[place])
            func compare() throws {
                guard name != "consumer.move_blindly", offsets.value(key, transaction.id) != expected[place] else {
                    return
                }
                throw PostgresError(sqlState: "22012", message: "division by zero", statement: name)
            }
            let isParked = parkedKeys.rows(transaction.id).contains {
                $0.key.first == topics[place] && $0.value.part == parts[place]
            }
            if isParked, name == "consumer.move_unparked" {
                throw PostgresError(sqlState: "22012", message: "division by zero", statement: name)
            }
            // An UPDATE waits only for rows that its snapshot finds fitting, and looks again when it has them.
            try compare()
            try await lock(offsets, key, transaction)
            try compare()
            offsets.set(key, next[place], transaction.id)
        }
    }
}
