import EventLoop
import FoundationEssentials
import Telemetry

/// The troubles of a process as states: each is told in the log once when it begins and once when it ends, stands in the answer of
/// `/health/ready` and at `/metrics` as long as it lasts, and is not told at all where it passes within a moment or is only what another
/// one brings with it.
@Loop
public final class Troubles {
    /// Those of the process whose background work the current task is.
    @TaskLocal public static var current: Troubles?

    /// A trouble, and what it is about where a process can have several of the kind.
    private struct Key: Hashable {
        let trouble: Trouble
        let about: String
    }

    /// One that lasts.
    private struct Standing {
        let since: Duration
        /// The cause, as it was heard last before it was told.
        var words: String
        var times = 0
        var isTold = false
    }

    private let log: Log
    private var standing: [Key: Standing] = [:]
    /// When those that were told have ended.
    private var ends: [Trouble: Duration] = [:]
    private let gauges: [Trouble: Gauge]
    /// Set when the process stops: what it closes itself is no trouble.
    var isSilent = false

    /// Prepares the troubles of a process, none yet.
    public init(_ log: Log, _ metrics: Metrics = .shared) {
        self.log = log
        gauges = Dictionary(
            uniqueKeysWithValues: Trouble.allCases.map { trouble in
                let gauge = metrics.gauge(
                    "crm_trouble", help: "1 while a trouble lasts", labels: ["kind": trouble.rawValue])
                return (trouble, gauge)
            })
    }

    /// Says that a trouble is there, or is there still: why, since when by the loop's clock, and how often it was met so far; once more
    /// than before where that is not said.
    public func begin(
        _ trouble: Trouble, about: String = "", _ words: String, since: Duration = Loop.now, times: Int? = nil
    ) {
        guard !isSilent else { return }
        let key = Key(trouble: trouble, about: about)
        var found = standing[key] ?? Standing(since: since, words: words)
        if !found.isTold { found.words = words }
        found.times = times ?? found.times + 1
        standing[key] = found
        look()
    }

    /// Says that a trouble is not there.
    public func end(_ trouble: Trouble, about: String = "") {
        guard let past = standing.removeValue(forKey: Key(trouble: trouble, about: about)), past.isTold, !isSilent
        else { return }
        ends[trouble] = Loop.now
        show(trouble)
        tell(.notice, trouble, trouble.lines.end, about, past, [])
    }

    /// Tells those that have lasted long enough; to be called now and again.
    public func look() {
        for (key, found) in standing.sorted(by: { $0.value.since < $1.value.since }) {
            guard !found.isTold, lasts(key.trouble, found), !isBrought(key.trouble) else { continue }
            standing[key]?.isTold = true
            show(key.trouble)
            var more = [("cause", found.words)]
            if let advice = key.trouble.advice { more.append(("help", advice)) }
            tell(
                key.trouble.isDisabling ? .error : .warning, key.trouble, key.trouble.lines.begin, key.about, found,
                more)
        }
    }

    private func tell(
        _ level: Log.Level, _ trouble: Trouble, _ line: String, _ about: String, _ found: Standing,
        _ more: [(String, String)]
    ) {
        let seconds = ((Loop.now - found.since).seconds * 10).rounded() / 10
        var fields: [(key: String, value: any CustomStringConvertible)] = [("trouble", trouble.rawValue)]
        if !about.isEmpty { fields.append(("about", about)) }
        for (key, value) in more { fields.append((key, value)) }
        fields.append(("seconds", seconds))
        if found.times > 1 { fields.append(("times", found.times)) }
        log.log(level, line, listed: fields)
    }

    private func show(_ trouble: Trouble) {
        gauges[trouble]?.set(standing.contains { $0.key.trouble == trouble && $0.value.isTold } ? 1 : 0)
    }

    private func lasts(_ trouble: Trouble, _ found: Standing) -> Bool { Loop.now - found.since >= trouble.grace }

    /// Whether another one explains it that stands, be it told or may it yet be, or that has ended so lately that what it brought may
    /// take a moment more.
    private func isBrought(_ trouble: Trouble) -> Bool {
        trouble.causes.contains { cause in
            isThere(cause) || ends[cause].map { Loop.now - $0 < trouble.grace + .seconds(2) } ?? false
        }
    }

    /// Whether one stands, told or not yet.
    func isThere(_ trouble: Trouble) -> Bool { standing.contains { $0.key.trouble == trouble } }

    /// What keeps the process from its work now, a line each; what another one brings with it too, behind it. What one brought that has
    /// just ended is about to end as well: to name it would turn a process back that is ready again.
    var missing: [String] {
        let found = standing.filter { $0.key.trouble.isDisabling && lasts($0.key.trouble, $0.value) }
            .sorted { $0.value.since < $1.value.since }
        let causes = found.filter { !isBrought($0.key.trouble) }
        let brought = found.filter { $0.key.trouble.causes.contains { isThere($0) } }
        return (causes + brought).map { "\($0.key.trouble.lines.begin): \($0.value.words)" }
    }
}
