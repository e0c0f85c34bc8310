import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import Postgres

/// A backlog of orders by one, two and four processes of a service, on an idle machine and on one that others keep busy.
@Loop
struct ScaleBench {
    let bench: Bench
    private static let services = ["contacts", "sales", "campaigns"]
    private let count = 20_000
    /// Of each measurement; the middle one counts, as the machine's speed varies by a tenth.
    private let rounds = 3

    init(_ bench: Bench) { self.bench = bench }

    func run(only service: String?) async throws {
        try await bench.makeTopics()
        for name in Self.services where service == nil || service == name { try await measure(name) }
    }

    private func measure(_ name: String) async throws {
        bench.title(
            "scale: \(name), \(grouped(Double(count))) orders applied by processes of it whose group has settled")
        let look = try await ScaleLook(bench, name)
        defer { look.close() }
        let settling = try await settle(name, look)
        bench.row("a second process joins: the longest standstill", "\(decimal(settling.seconds, 2)) s", goal: "< 1 s")
        try await compare(name, [1, 2, 4], look)
        let spinners = try (0..<2).map { _ in try ChildProcess("sh", ["-c", "while :; do :; done"]) }
        defer { for spinner in spinners { spinner.kill(SIGKILL) } }
        try await compare(name, [1, 2], look, isBusy: true)
    }

    /// The longest time without an order applied, of 200 a second, from the start of a second process on.
    private func settle(_ name: String, _ look: ScaleLook) async throws -> Duration {
        let first = try await RunningProgram.start("rapport-\(name)", bench, instance: "1")
        defer { first.kill() }
        let player = LiveOrders(bench)
        defer { player.stop() }
        try await Loop.sleep(for: .seconds(2))
        let starting = Task { @Loop in try await RunningProgram.start("rapport-\(name)", bench, instance: "2") }
        let end = Loop.now + .seconds(6)
        var (place, since, longest) = (0, Loop.now, Duration.zero)
        while Loop.now < end {
            let now = try await look.place()
            longest = max(longest, Loop.now - since)
            if now > place { (place, since) = (now, Loop.now) }
            try await Loop.sleep(for: .milliseconds(5))
        }
        try await starting.value.end()
        try await first.end()
        return longest
    }

    private func compare(_ name: String, _ numbers: [Int], _ look: ScaleLook, isBusy: Bool = false) async throws {
        var runs: [Int: [ScaleRun]] = [:]
        for _ in 0..<rounds {
            for number in numbers { runs[number, default: []].append(try await once(name, number, look)) }
        }
        guard let one = runs[1]?.middle else { return }
        for number in numbers {
            guard let run = runs[number]?.middle else { continue }
            let all = (runs[number] ?? []).map { "\(decimal($0.rate / 1000, 1))" }.joined(separator: " ")
            bench.row(
                "\(number) process\(number == 1 ? "" : "es")\(isBusy ? ", two others busy" : "")",
                "\(grouped(run.rate))/s (\(all))",
                beside: "CPU \(decimal(run.processor, 2)) s per 1,000 = \(decimal(run.processor / one.processor, 2))",
                ratio: run.rate / one.rate, goal: number == 2 ? ">= 1.30, CPU <= 1.10" : "")
            bench.row(
                "", "deadlocks \((runs[number] ?? []).reduce(0) { $0 + $1.deadlocks })",
                beside: "waits for locks \(decimal(run.lockShare * 100, 2)) % of the time", goal: "0, < 1 %")
        }
    }

    /// Starts so many processes, lets their group settle, and measures a backlog with live orders beside it.
    private func once(_ name: String, _ number: Int, _ look: ScaleLook) async throws -> ScaleRun {
        var programs: [RunningProgram] = []
        defer { for program in programs { program.kill() } }
        for index in 1...number {
            programs.append(try await RunningProgram.start("rapport-\(name)", bench, instance: "\(index)"))
        }
        try await look.untilCalm(programs)
        let live = LiveOrders(bench)
        defer { live.stop() }
        let before = try await look.totals()
        let sampler = Task { @Loop in await look.sampleLocks() }
        let begin = Loop.now
        try await bench.publish(count, customers: 5_000, prefix: "s\(UInt32.random(in: 0 ... .max))")
        let ends = try await look.ends()
        while try await !look.hasReached(ends) { try await Loop.sleep(for: .milliseconds(10)) }
        let time = Loop.now - begin
        sampler.cancel()
        let lockShare = await sampler.value
        live.stop()
        try await look.untilCalm(programs)
        let after = try await look.totals()
        for program in programs { try await program.end() }
        programs = []
        return ScaleRun(
            rate: Double(count) / time.seconds, processor: (after.processor - before.processor) * 1000 / Double(count),
            deadlocks: after.deadlocks - before.deadlocks, lockShare: lockShare)
    }
}

/// What one backlog took.
private struct ScaleRun {
    let rate: Double
    /// Processor seconds of the machine, without this program's own, per 1,000 orders.
    let processor: Double
    let deadlocks: Int
    let lockShare: Double
}

extension [ScaleRun] {
    /// The one of the middle rate.
    fileprivate var middle: ScaleRun { sorted { $0.rate < $1.rate }[count / 2] }
}

/// Orders that go on coming, 200 a second.
@Loop
private final class LiveOrders {
    private var task: Task<Void, Never>?

    init(_ bench: Bench) {
        task = Task { @Loop in
            guard let producer = try? KafkaProducer(bench.kafka) else { return }
            defer { producer.close() }
            var source = OrderSource(customers: 1_000, prefix: "v\(UInt32.random(in: 0 ... .max))")
            var number = 0
            while (try? await Loop.sleep(for: .milliseconds(5))) != nil {
                number += 1
                let order = source.order(number)
                try? producer.produce(
                    topic: Topic.erpOrders.name, key: order.key, value: order.value, headers: order.headers, id: number)
            }
        }
    }

    func stop() { task?.cancel() }
}
