import EventLoop
import Postgres
import Telemetry

/// A batch that was sent to the database and may not be committed yet.
@Loop
final class Flight {
    private(set) var batch: BatchApplication
    private(set) var begin = Duration.zero
    private let outcome = Completion<Void>()

    init(_ batch: BatchApplication) { self.batch = batch }

    func start(on connection: any DatabaseSession) {
        begin = Loop.now
        Task.immediate { @Loop in
            var batch = self.batch
            do {
                if PlantedBug.offsetFirst.isPlanted { try await connection.transaction { batch.moveOffsets($0) } }
                try await Trace.$current.withValue(batch.trace) {
                    try await connection.transaction { transaction in try await batch.run(in: transaction) }
                }
                self.batch = batch
                outcome.succeed(())
            } catch {
                outcome.fail(error)
            }
        }
    }

    /// Waits for the commit: nil once it is there, the error where the content is at fault. What concerns the place of this process,
    /// or passes by itself, is thrown.
    func refusal() async throws -> (any Error)? {
        do {
            try await outcome.wait()
            return nil
        } catch let error as PostgresError where error.isMovedOffset {
            throw ConsumerConflict()
        } catch let error as PostgresError where error.verdict == .retry {
            throw error
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return error
        }
    }
}

/// Another process has moved the offsets: what this one fetched is void.
struct ConsumerConflict: Error, CustomStringConvertible {
    var description: String { "another process has moved the offsets; starting again from what is stored" }
}
