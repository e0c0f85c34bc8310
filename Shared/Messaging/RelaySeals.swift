import CRMModel
import Crypto
import EventLoop
import Postgres

/// How the relay seals what tells of persons. It does not look into what it ships: the type says whether, the key says for whom.
extension RelaySession {
    /// Sees to the keys for rows of a page; new ones are in the log when this returns, so that readers have them first. False where the
    /// page must be read again, because a key has ended that is needed again and its end is not in the log.
    func prepareKeys(for rows: [OutboxRow]) async throws -> Bool {
        // What is told of keys goes first; its place in the outbox has the lane of its subject, and so the same leader.
        for row in rows where row.isOfKeys {
            keys[row.key] = nil
            try await produce(row)
        }
        if keys.count > Self.keyLimit { keys = [:] }
        var lacking: [Int: String] = [:]
        for row in rows where row.kind.isSealed && keys[row.key] == nil { lacking[row.id] = row.key }
        guard !lacking.isEmpty else { return true }
        try await lookUp(Set(lacking.values))
        lacking = lacking.filter { keys[$0.value] == nil }
        if lacking.isEmpty { return true }
        return try await makeKeys(lacking)
    }

    private func makeKeys(_ lacking: [Int: String]) async throws -> Bool {
        let ids = lacking.keys.sorted()
        let made = try await reader.transaction { [owner] transaction in
            transaction.enqueue(SubjectKeyStore.durably)
            return try await transaction.query(
                SubjectKeyStore.make, owner, ids, ids.map { _ in SQLBytes(SecureRandom.bytes(32)) })
        }
        try check()
        let told = try made.map { try OutboxRow($0, kinds) }
        for row in told { try await produce(row) }
        try await awaitDelivery(of: Set(told.map(\.id)))
        for (row, answer) in zip(told, made) {
            guard let version = row.sequence, let key: SQLBytes = try answer.value(11) else { continue }
            keys[row.key] = SubjectKeys.Known(version: version, key: key.bytes)
        }
        // Of the others, what an erasure has blanked needs no key.
        let others = lacking.filter { keys[$0.value] == nil }
        if others.isEmpty { return true }
        let undecided = try await reader.transaction { [owner] transaction in
            try await transaction.query(SubjectKeyStore.undecided, owner, others.keys.sorted())
        }
        guard undecided.isEmpty else { return false }
        try await lookUp(Set(others.values))
        return true
    }

    /// Remembers the keys of subjects that have one. A key that is remembered ends by a row that passes here, before any of its subject
    /// that needs another.
    private func lookUp(_ subjects: Set<String>) async throws {
        let names = Set(subjects.map { SubjectKeys.Name(owner: owner, subject: $0) })
        let found = try await reader.transaction { try await SubjectKeys.known(names, in: $0) }
        for (name, known) in found where known.key != nil { keys[name.subject] = known }
    }

    /// A row's data as it goes into the log, with the version of the key that it is sealed with. What an erasure has blanked goes
    /// out empty and under version 0, which never was: its number is not missing, and there is nothing to read.
    func sealed(_ row: OutboxRow) throws -> (value: [UInt8], version: Int) {
        guard let payload = row.payload, let key = keys[row.key], let bytes = key.key else { return ([], 0) }
        return (try AESGCM.seal(payload, key: bytes, context: row.event), key.version)
    }
}
