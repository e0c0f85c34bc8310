import CRMModel
import Crypto
import EventLoop
import Postgres

/// How the relay seals what tells of persons. It does not look into what it ships: the type says whether, the key says for whom.
extension RelaySession {
    /// Sees to the keys for rows of a page; new ones are in the log when this returns, so that readers have them first. False where the
    /// page must be read again, because a key has ended that is needed again and its end is not in the log.
    func prepareKeys(for rows: Rows) async throws -> Bool {
        // What is told of keys goes first; its place in the outbox has the lane of its subject, and so the same leader.
        for row in rows where try row.value(1) == Topic.subjectKeys.name {
            keys[try row.value(2)] = nil
            try await produce(row)
        }
        if keys.count > Self.keyLimit { keys = [:] }
        guard !sealedTypes.isEmpty else { return true }
        var lacking: [Int: String] = [:]
        for row in rows where sealedTypes.contains(try row.value(5)) {
            let subject: String = try row.value(2)
            if keys[subject] == nil { lacking[try row.value(0)] = subject }
        }
        guard !lacking.isEmpty else { return true }
        try await lookUp(Set(lacking.values))
        lacking = lacking.filter { keys[$0.value] == nil }
        if lacking.isEmpty { return true }
        return try await makeKeys(lacking)
    }

    private func makeKeys(_ lacking: [Int: String]) async throws -> Bool {
        let ids = lacking.keys.sorted()
        let made = try await reader.transaction { [owner] transaction in
            try await transaction.query(
                SubjectKeyStore.make, owner, ids, ids.map { _ in SQLBytes(SecureRandom.bytes(32)) })
        }
        try check()
        for row in made { try await produce(row) }
        try await awaitDelivery(of: Set(try made.map { try $0.value(0) as Int }))
        let undecided = try await reader.transaction { [owner] transaction in
            try await transaction.query(SubjectKeyStore.undecided, owner, ids)
        }
        guard undecided.isEmpty else { return false }
        try await lookUp(Set(lacking.values))
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
    func sealed(
        _ payload: [UInt8]?, event: [UInt8], of subject: String
    ) throws -> (value: [UInt8], version: Int) {
        guard let payload, let key = keys[subject], let bytes = key.key else { return ([], 0) }
        return (try AESGCM.seal(payload, key: bytes, context: event), key.version)
    }
}
