import CRMModel
import Crypto
import EventLoop
import Postgres

/// How the relay seals what tells of persons. It does not look into what it ships: the type says whether, the key says for whom.
extension RelaySession {
    /// The keys for rows of a page, by subject; new ones are in the log when this returns, so that readers have them first. Nil where the
    /// page must be read again, because a key has ended that is needed again and its end is not in the log.
    func keys(for rows: Rows) async throws -> [String: SubjectKeys.Known]? {
        // What is told of keys goes first; its place in the outbox has the lane of its subject, and so the same leader.
        for row in rows where try row.value(1) == Topic.subjectKeys.name { try await produce(row, [:]) }
        var subjects: [Int: String] = [:]
        for row in rows {
            let id: Int = try row.value(0)
            if sealedTypes.contains(try row.value(5)), isDue(id) { subjects[id] = try row.value(2) }
        }
        guard !subjects.isEmpty else { return [:] }
        let found = try await known(Set(subjects.values))
        let lacking = subjects.filter { found[$0.value]?.key == nil }.keys.sorted()
        guard !lacking.isEmpty else { return found }
        let made = try await reader.transaction { [owner] transaction in
            try await transaction.query(
                SubjectKeyStore.make, owner, lacking, lacking.map { _ in SQLBytes(SecureRandom.bytes(32)) })
        }
        try check()
        for row in made { try await produce(row, [:]) }
        try await awaitDelivery(of: Set(try made.map { try $0.value(0) as Int }))
        let undecided = try await reader.transaction { [owner] transaction in
            try await transaction.query(SubjectKeyStore.undecided, owner, lacking)
        }
        return undecided.isEmpty ? try await known(Set(subjects.values)) : nil
    }

    private func known(_ subjects: Set<String>) async throws -> [String: SubjectKeys.Known] {
        let names = Set(subjects.map { SubjectKeys.Name(owner: owner, subject: $0) })
        let found = try await reader.transaction { try await SubjectKeys.known(names, in: $0) }
        return Dictionary(found.map { ($0.key.subject, $0.value) }) { first, _ in first }
    }

    /// A row's data as it goes into the log, with the version of the key that it is sealed with. What an erasure has blanked goes
    /// out empty and under version 0, which never was: its number is not missing, and there is nothing to read.
    func sealed(
        _ payload: [UInt8]?, event: [UInt8], _ key: SubjectKeys.Known?
    ) throws -> (value: [UInt8], version: Int) {
        guard let payload, let key, let bytes = key.key else { return ([], 0) }
        return (try AESGCM.seal(payload, key: bytes, context: event), key.version)
    }
}
