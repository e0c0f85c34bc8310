import EventLoop
import FoundationEssentials
import Postgres

/// What becomes of a service's schema while no process of it runs.
extension Suite {
    /// Empties the schema of a service, as if its database had been made anew.
    package func empty(_ name: String, _ state: SuiteState, _ roles: [String: String]) async throws {
        let connection = try await schema(of: name, roles)
        defer { connection.close() }
        try await endOthers(of: name, connection)
        _ = try await connection.transaction { try await $0.query(BackupStore.clear) }
        try await migrate([name], state, roles)
        try await endOthers(of: name, connection)
    }

    /// Puts what a backup in a folder holds of a service in the place of what it has.
    package func putBack(
        _ name: String, from folder: String, _ state: SuiteState, _ roles: [String: String]
    ) async throws {
        guard let part = try BackupManifest.read(folder).services[name], let url = roles[name] else {
            throw SuiteError("\(folder) holds nothing of \(name)")
        }
        let connection = try await schema(of: name, roles)
        defer { connection.close() }
        try await endOthers(of: name, connection)
        _ = try await connection.transaction { try await $0.query(BackupStore.clear) }
        try await DatabaseTool(url, log: self.folder.log(of: "backup")).restore(name, from: "\(folder)/\(part.file)")
        // A dump has the outbox's number of a later moment than its rows: what was told in between is not known here.
        _ = try await connection.transaction { try await $0.rows(BackupStore.setPlace, part.life?.place ?? 1) }
        try await migrate([name], state, roles)
        try await endOthers(of: name, connection)
    }

    /// Ends what programs of a service elsewhere have open. Each compares what it has seen of the schema when it connects again, and falls
    /// silent; so that is asked for before the exchange, which must not wait for them, and behind it.
    private func endOthers(of name: String, _ connection: PostgresConnection) async throws {
        // As the sessions of its processes call themselves; what follows says which process, and what for.
        let ended: [Bool] = try await connection.transaction {
            try await $0.rows(BackupStore.endOthers, "rapport \(name)")
        }
        if !ended.isEmpty { terminal.note("\(name): ended \(ended.count) sessions that its programs had open still") }
    }

    /// Begins another life of a service; forced, where its schema fits the topics all the same.
    package func beginLife(
        of name: String, actor: String, because reason: String, isForced: Bool, _ state: SuiteState,
        _ roles: [String: String]
    ) async throws {
        let program = try service(name, state, roles)
        let words = ["new-epoch", "--actor", actor, "--reason", reason] + (isForced ? ["--restored"] : [])
        guard try await program.run(words, log: folder.writableLog(of: name)) else {
            throw SuiteError("\(name) could not begin another life:\n\(folder.lastLines(of: name))")
        }
    }

    private func schema(of name: String, _ roles: [String: String]) async throws -> PostgresConnection {
        guard let url = roles[name] else { throw SuiteError("the database of \(name) is not known") }
        return try await PostgresConnection.open(
            PostgresSettings(url: url, applicationName: "rapport restore", schema: name, statementTimeout: 0))
    }
}
