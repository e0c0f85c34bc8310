import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

extension SimulatedStore {
    /// A key of a subject, as `subject_key` has it.
    struct KeyRow {
        var version: Int
        var key: [UInt8]?
        var epoch: Int
        var others: [UInt8] = []
        var madeAt: Date?

        /// Whether a word says more.
        func isBehind(_ word: KeyRow) -> Bool {
            if epoch < 0 ? version < word.version : (epoch, version) < (word.epoch, word.version) { return true }
            guard version == word.version, epoch <= word.epoch, let key, let other = word.key else { return false }
            return key != other && !has(other)
        }

        /// Whether it opens what was sealed with a key.
        func has(_ other: [UInt8]) -> Bool {
            key == other || stride(from: 0, to: others.count, by: 32).contains { Array(others[$0..<$0 + 32]) == other }
        }

        /// The row with a word that says more.
        func taking(_ word: KeyRow) -> KeyRow {
            var row = word
            guard version == word.version, let key, let other = word.key else { return row }
            row.others = key == other ? others : key + others + word.others
            row.madeAt = [madeAt, word.madeAt].compactMap(\.self).min()
            return row
        }
    }

    private static let keyType = SubjectKeyChanged.versionedType

    /// What the statements of keys do.
    func seal(
        _ name: String, _ value: Arguments, _ transaction: ServerTransaction, _ session: ServerSession
    ) async throws -> [AnswerRow] {
        let id = transaction.id
        switch name {
        case "seal.known":
            return zip(try value(0, [String].self), try value(1, [String].self)).compactMap { owner, subject in
                subjectKeys.value(Names(first: owner, second: subject), id).map { row in
                    let others: SQLBytes? = row.others.isEmpty ? nil : SQLBytes(row.others)
                    return [owner, subject, row.version, row.key.map { SQLBytes($0) }, row.epoch, others]
                }
            }
        // How far a commit is on the disk is not simulated: no server forgets.
        case "seal.durably": break
        case "seal.make": return try await make(value, transaction, session)
        case "seal.undecided":
            let owner: String = try value(0)
            return try value(1, [Int].self).filter { place in
                guard let row = outbox.value(place, id), row.payload != nil else { return false }
                return subjectKeys.value(Names(first: owner, second: row.key), id)?.key == nil
            }.map { [$0] }
        case "seal.learn": try await learn(value, transaction)
        case "seal.withhold":
            let (subjects, types): ([String], [String]) = (try value(0), try value(1))
            let time: Date? = try value(2)
            for row in outbox.rows(id) where subjects.contains(row.value.key) && types.contains(row.value.type) {
                if let time, row.value.createdAt > time { continue }
                try await lock(outbox, row.key, transaction)
                guard var now = outbox.value(row.key, id) else { continue }
                now.payload = nil
                outbox.set(row.key, now, id)
            }
        case "seal.refresh": try await refresh(try value(0), transaction)
        case "seal.destroy": try await destroy(value, transaction, session)
        case "seal.tell_last":
            let owner: String = try value(0)
            for (subject, version) in zip(try value(1, [String].self), try value(2, [Int].self)) {
                guard let row = subjectKeys.value(Names(first: owner, second: subject), id), row.version > version,
                    !waits(subject, from: row.version, id)
                else { continue }
                try tell(owner, subject, row, transaction, session)
            }
        default: throw unknown(name)
        }
        return []
    }

    private var epochNow: Int { life.value(0)?.epoch ?? 0 }

    /// Whether a word on a key waits to be published.
    private func waits(_ subject: String, from version: Int, _ id: Int) -> Bool {
        outbox.rows(id).contains {
            $0.value.topic == Topic.subjectKeys.name && $0.value.key == subject && $0.value.sequence ?? 0 >= version
        }
    }

    @discardableResult
    private func tell(
        _ owner: String, _ subject: String, _ row: KeyRow, _ transaction: ServerTransaction, _ session: ServerSession
    ) throws -> OutboxRow {
        let word = SubjectKeyChanged(owner: owner, subject: subject, key: row.key.map { Base64.encode($0) })
        return append(
            topic: Topic.subjectKeys.name, key: subject, sequence: row.version, type: Self.keyType,
            payload: try ModelJSON.text(word), transaction, session)
    }

    private func make(
        _ value: Arguments, _ transaction: ServerTransaction, _ session: ServerSession
    ) async throws -> [AnswerRow] {
        let (owner, ids, keys): (String, [Int], [SQLBytes]) = (try value(0), try value(1), try value(2))
        var drawn: [String: [UInt8]] = [:]
        for (place, key) in zip(ids, keys) {
            try await lock(outbox, place, transaction)
            guard let row = outbox.value(place, transaction.id), row.payload != nil else { continue }
            // A lock is a row that is written as it is.
            outbox.set(place, row, transaction.id)
            if drawn[row.key] == nil { drawn[row.key] = key.bytes }
        }
        var made: [AnswerRow] = []
        for (subject, key) in drawn.sorted(by: { $0.key < $1.key }) {
            let name = Names(first: owner, second: subject)
            try await lock(subjectKeys, name, transaction)
            let known = subjectKeys.value(name, transaction.id)
            if let known, known.key != nil || waits(subject, from: 0, transaction.id) { continue }
            let row = KeyRow(version: (known?.version ?? 0) + 1, key: key, epoch: epochNow, madeAt: clock)
            subjectKeys.set(name, row, transaction.id)
            let told = try tell(owner, subject, row, transaction, session)
            made.append([
                told.id, told.topic, told.key, told.sequence, told.event, told.type, nil, told.createdAt, told.payload,
                false, told.isPast, SQLBytes(key),
            ])
        }
        return made
    }

    private func learn(_ value: Arguments, _ transaction: ServerTransaction) async throws {
        let (owners, subjects, versions): ([String], [String], [Int]) = (try value(0), try value(1), try value(2))
        let (keys, epochs): ([SQLBytes?], [Int]) = (try value(3), try value(4))
        let (others, times): ([SQLBytes?], [Date?]) = (try value(5), try value(6))
        let names = zip(owners, subjects).map { Names(first: $0, second: $1) }
        for place in names.indices.sorted(by: { names[$0] < names[$1] }) {
            let word = KeyRow(
                version: versions[place], key: keys[place]?.bytes, epoch: epochs[place],
                others: others[place]?.bytes ?? [], madeAt: times[place])
            try await lock(subjectKeys, names[place], transaction)
            guard let known = subjectKeys.value(names[place], transaction.id) else {
                subjectKeys.set(names[place], word, transaction.id)
                continue
            }
            if known.isBehind(word) { subjectKeys.set(names[place], known.taking(word), transaction.id) }
        }
    }

    private func refresh(_ owner: String, _ transaction: ServerTransaction) async throws {
        for row in outbox.rows(transaction.id) where row.value.topic == Topic.subjectKeys.name {
            try await lock(outbox, row.key, transaction)
            guard var word = outbox.value(row.key, transaction.id),
                let known = subjectKeys.value(Names(first: owner, second: word.key), transaction.id),
                known.version > word.sequence ?? 0
            else { continue }
            let told = SubjectKeyChanged(owner: owner, subject: word.key, key: known.key.map { Base64.encode($0) })
            (word.sequence, word.payload) = (known.version, try ModelJSON.text(told))
            outbox.set(row.key, word, transaction.id)
        }
    }

    private func destroy(
        _ value: Arguments, _ transaction: ServerTransaction, _ session: ServerSession
    ) async throws {
        let (owner, subjects): (String, [String]) = (try value(0), try value(1))
        let time: Date? = try value(2)
        for subject in subjects.sorted() {
            let name = Names(first: owner, second: subject)
            try await lock(subjectKeys, name, transaction)
            guard let known = subjectKeys.value(name, transaction.id), known.key != nil else { continue }
            if let time, let made = known.madeAt, made > time { continue }
            let row = KeyRow(version: known.version + 1, key: nil, epoch: epochNow, madeAt: known.madeAt)
            subjectKeys.set(name, row, transaction.id)
            try tell(owner, subject, row, transaction, session)
        }
    }
}
