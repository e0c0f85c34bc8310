import EventLoop
import Telemetry

/// Tells that connections of callers are refused or cut: once when it begins, and once a minute while it goes on.
@Loop
final class ConnectionLog {
    private let log: Log
    private var told = (refused: 0, cut: 0)
    private var at: Duration?

    init(_ log: Log) { self.log = log }

    /// Looks at how many there were since the start.
    func look(refused: Int, cut: Int) {
        guard refused > told.refused || cut > told.cut, at.map({ Loop.now - $0 > .seconds(60) }) ?? true else { return }
        log.warning(
            "callers have more connections or bytes than their share; what is more is closed",
            ["refused": refused - told.refused, "cut": cut - told.cut])
        told = (refused, cut)
        at = Loop.now
    }
}
