import EventLoop
import Messaging
import Postgres

/// Looks once a second whether the database answers and takes changes, on a connection of its own: the pool's may all wait for one that is
/// frozen.
@Loop
final class DatabaseWatch {
    /// How long it may take to answer.
    private static let patience = Duration.seconds(2)
    private let settings: PostgresSettings
    private let troubles: Troubles
    private var session: PostgresConnection?
    private var task: Task<Void, Never>?
    private var isStopped = false
    /// When work was refused last for want of room.
    private var lastFull = Duration.zero

    init(_ settings: PostgresSettings, _ troubles: Troubles) {
        self.settings = settings.named("health")
        self.troubles = troubles
    }

    func start() {
        task = Task { @Loop in
            while !self.isStopped {
                await self.look()
                try? await Loop.sleep(for: .seconds(1))
            }
        }
    }

    /// Ends without waiting: a connection that is being opened may take seconds.
    func stop() {
        isStopped = true
        task?.cancel()
        session?.close()
    }

    /// Hears what other work met: that the disk is full this watch cannot see by itself.
    func met(_ error: any Error) {
        guard let error = error as? PostgresError, error.trouble == .databaseFull else { return }
        lastFull = Loop.now
        troubles.begin(.databaseFull, error.message)
    }

    /// The same of work that fails again and again, once for each time.
    func met(_ failing: Failing) {
        if Loop.now - failing.last < .seconds(1), failing.last > lastFull { met(failing.error) }
    }

    private func look() async {
        let begin = Loop.now
        let late = Loop.after(Self.patience) { [troubles] in
            troubles.begin(.databaseAway, "it has not answered for \(Int(Self.patience.seconds)) seconds", since: begin)
        }
        defer { late.cancel() }
        do {
            let session = try await opened()
            let rows = try await session.transaction { try await $0.query(ServiceStore.takesChanges) }
            troubles.end(.databaseAway)
            troubles.end(.databaseRefuses)
            let takesChanges: Bool = try rows.first?.value(0) ?? true
            if takesChanges {
                troubles.end(.databaseReadOnly)
            } else {
                troubles.begin(.databaseReadOnly, "it is a standby, or set to read only")
            }
            if troubles.isThere(.databaseFull) { try await lookForRoom(session) }
        } catch {
            guard !isStopped else { return }
            session?.close()
            session = nil
            let found = (error as? PostgresError)?.trouble ?? .databaseAway
            if found == .databaseRefuses { troubles.end(.databaseAway) }
            troubles.begin(found, Self.words(of: error), since: begin)
        }
    }

    /// Without libpq's question whether the server runs: that is what this says.
    private static func words(of error: any Error) -> String {
        guard let error = error as? PostgresError else { return "\(error)" }
        return error.message.split(separator: "; ").filter { !$0.contains("Is the server running") }
            .joined(separator: "; ")
    }

    private func opened() async throws -> PostgresConnection {
        if let session, session.isOpen { return session }
        let opened = try await PostgresConnection.open(settings)
        guard !isStopped else {
            opened.close()
            throw CancellationError()
        }
        session = opened
        return opened
    }

    /// Whether a disk that was full has room again: a sort that is larger than its memory writes to it.
    private func lookForRoom(_ session: PostgresConnection) async throws {
        do {
            try await session.transaction { transaction in
                transaction.enqueue(ServiceStore.littleMemory)
                _ = try await transaction.query(ServiceStore.useDisk)
            }
        } catch let error as PostgresError where error.trouble == .databaseFull {
            return met(error)
        } catch let error as PostgresError where error.sqlState == "53400" {
            // Bounded by the role's temp_file_limit: nothing is known, but that no work is refused any more.
        }
        if Loop.now - lastFull > .milliseconds(1500) { troubles.end(.databaseFull) }
    }
}

extension PostgresError {
    /// The database's trouble that an error tells of; nil where it is about a statement.
    var trouble: Trouble? {
        switch sqlState {
        case "53100": .databaseFull
        case "25006": .databaseReadOnly
        case "28000", "28P01", "3D000": .databaseRefuses
        case "57014": nil
        default: ["08", "57", "53", "58"].contains(String(sqlState.prefix(2))) ? .databaseAway : nil
        }
    }
}
