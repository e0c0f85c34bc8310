import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// What happens when a promised time has come.
@Loop
enum ClockHandlers {
    static let timers: [String: TimerRunner.Handler] = [
        Clock.firstResponse.rawValue: { due, transaction in breach(due, ClockStore.breachFirstResponse, transaction) },
        Clock.resolution.rawValue: { due, transaction in breach(due, ClockStore.breachResolution, transaction) },
    ]

    /// Marks what is late, once; whether it still is late is asked of the ticket itself.
    private static func breach(_ due: [DueTimer], _ statement: Statement, _ transaction: Transaction) {
        transaction.enqueue(statement, due.compactMap { UUID(text: $0.key) })
    }
}
