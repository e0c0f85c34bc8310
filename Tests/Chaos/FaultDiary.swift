import EventLoop

/// A recovery from a fault.
struct Recovery {
    let begin: Duration
    /// How long what had ended was left so.
    let pause: Duration
    let end: Duration
    let what: String
    /// From the end of the pause on.
    var length: Duration { end - begin - pause }
}

/// The faults and when they went on: what is drawn at random may meet, and a recovery takes as long as what it waits for.
@Loop
final class FaultDiary {
    private struct Entry {
        let what: String
        let begin: Duration
        var end: Duration?
    }
    private var entries: [Entry] = []
    private let start = Loop.now

    /// Notes a fault while `body` runs.
    func noting<T>(_ what: String, _ body: () async throws -> T) async rethrows -> T {
        let place = entries.count
        entries.append(Entry(what: what, begin: Loop.now))
        defer { entries[place].end = Loop.now }
        return try await body()
    }

    /// What went on during a recovery, each with its begin and end in seconds from the recovery's begin on.
    func during(_ recovery: Recovery) -> String {
        func seconds(_ time: Duration) -> String { "\((time - recovery.begin).seconds.rounded())" }
        return entries.filter { $0.begin < recovery.end && $0.end.map { $0 > recovery.begin } ?? true }.map { entry in
            "\(entry.what) from \(seconds(entry.begin)) to \(entry.end.map(seconds) ?? "later") s"
        }.joined(separator: ", ")
    }
}
