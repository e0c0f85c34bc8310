import Demo
import EventLoop

/// A TCP proxy between the services and what they stand on, which breaks connections when it is told to.
@Loop
final class FaultProxy {
    /// Answers of COMMIT that were never delivered.
    private(set) var commitsCut = 0
    var port: Int { listener?.port ?? 0 }
    private var listener: Listener?
    private let host: String
    private let target: Int
    private var pairs: [Int: Pair] = [:]
    private var count = 0
    private var commitsToCut = 0

    /// Two ends of one connection.
    private final class Pair {
        let id: Int
        let client: Stream
        let server: Stream
        var isFrozen = false

        init(_ id: Int, _ client: Stream, _ server: Stream) {
            self.id = id
            self.client = client
            self.server = server
        }
    }

    /// Listens on an address and passes on to a port of 127.0.0.1; port 0 lets the system choose.
    init(address: String = "127.0.0.1", port: Int = 0, to target: Int) throws {
        host = "127.0.0.1"
        self.target = target
        listener = try Listener(address: address, port: port) { [weak self] stream in
            guard let self else { return stream.close() }
            Task { @Loop in await self.accept(stream) }
        }
    }

    /// Ends everything.
    func close() {
        listener?.close()
        for pair in pairs.values { close(pair) }
    }

    // MARK: Faults

    /// Ends connections, each with a chance; answers how many.
    func cut(_ chance: Double, _ random: inout SeededGenerator) -> Int {
        let chosen = pairs.values.sorted { $0.id < $1.id }.filter { _ in random.fraction() < chance }
        for pair in chosen { close(pair) }
        return chosen.count
    }

    /// Lets connections, each with a chance, pass nothing on for a time, and ends them then: as when a machine is gone and nobody says so.
    func freeze(_ chance: Double, for time: Duration, _ random: inout SeededGenerator) -> Int {
        let chosen = pairs.values.sorted { $0.id < $1.id }.filter { _ in random.fraction() < chance }
        for pair in chosen {
            pair.isFrozen = true
            pair.client.pauseReading()
            pair.server.pauseReading()
            _ = Loop.after(time) { [weak self] in self?.close(pair) }
        }
        return chosen.count
    }

    /// Ends connections at the very moment when the next answers to COMMIT come: done, and nobody has heard it.
    func cutCommits(_ count: Int) { commitsToCut += count }

    /// Arms nothing more.
    func heal() { commitsToCut = 0 }

    // MARK: Passing on

    private func accept(_ client: Stream) async {
        guard let server = try? await Stream.connect(host: host, port: target, within: .seconds(5)) else {
            return client.close()
        }
        count += 1
        let pair = Pair(count, client, server)
        pairs[pair.id] = pair
        pass(pair, from: client, to: server, isAnswer: false)
        pass(pair, from: server, to: client, isAnswer: true)
    }

    private func pass(_ pair: Pair, from source: Stream, to target: Stream, isAnswer: Bool) {
        source.onBytes = { [unowned self] bytes in
            if isAnswer, commitsToCut > 0, Self.hasCommit(bytes) {
                commitsToCut -= 1
                commitsCut += 1
                return close(pair)
            }
            target.write(Array(bytes))
            if target.queuedBytes > 1 << 20 { source.pauseReading() }
        }
        target.onDrain = { if !pair.isFrozen { source.resumeReading() } }
        source.onEnd = { [unowned self] _ in
            Task { @Loop in
                // What was said before the end is heard.
                try? await target.drained(below: 0)
                self.close(pair)
            }
        }
        source.resumeReading()
    }

    private func close(_ pair: Pair) {
        pairs[pair.id] = nil
        pair.client.close()
        pair.server.close()
    }

    /// Whether bytes end a transaction that wrote: a CommandComplete of a change, and ReadyForQuery outside a transaction at the end
    /// (PostgreSQL protocol 3.0; our pipelines commit by Sync, without the word COMMIT).
    private static func hasCommit(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.suffix(6).elementsEqual([UInt8(ascii: "Z"), 0, 0, 0, 5, UInt8(ascii: "I")]) else { return false }
        return ["INSERT 0 ", "UPDATE ", "DELETE "].contains { tag in
            bytes.firstRange(of: Array(tag.utf8)) != nil
        }
    }
}
