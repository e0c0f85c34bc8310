import CKafka
import EventLoop
import FoundationEssentials
import Kafka

/// The embedded Broker beside Apache Kafka with a flush for every append, on the same machine in the same run.
@Loop
struct BrokerBench {
    let bench: Bench
    init(_ bench: Bench) { self.bench = bench }

    /// What can be measured alone.
    private enum Part: String, CaseIterable {
        case idle, produce, consume, latency
    }

    /// What was measured of one broker; several figures of what was measured in several rounds.
    private struct Figures {
        var start: [Double] = []
        var idleMegabytes: [Double] = []
        var idleCPU: [Double] = []
        var lingering: [Double] = []
        var immediate: [Double] = []
        var consumed: [Double] = []
        var consumedByTwo: [Double] = []
        var counted: [Double] = []
        var countingCPU: [Double] = []
        var consumingCPU: [Double] = []
        var middles: [Double] = []
        var tails: [Double] = []
        var loadedMegabytes: [Double] = []
    }

    /// Rounds, in which the brokers take turns at being first.
    private static let rounds = 3

    func run(only name: String?) async throws {
        let parts = name.map { Part(rawValue: $0).map { [$0] } ?? [] } ?? Part.allCases
        guard !parts.isEmpty else { throw BenchError(text: "of the broker: idle, produce, consume or latency") }
        bench.title("broker: records of 200 bytes, acks=all, every append flushed; client librdkafka for both")
        let folder = "/tmp/rapport-bench-broker-\(getpid())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let kafka = try await apacheKafka(folder)
        defer { kafka?.child.kill(SIGKILL) }
        if kafka == nil { print("  no ../shared/kafka, or no Java: the Broker's figures stand alone") }
        let embedded = try await embedded(folder)
        defer { embedded.child.kill(SIGKILL) }
        let brokers = [embedded, kafka].compactMap { $0 }
        var figures = brokers.map { Figures(start: [$0.start]) }
        for broker in brokers {
            let plans = ["warm", "stored"].map { TopicPlan(name: $0, partitions: 6) }
            try await KafkaAdmin.createTopics(plans, settings(broker))
        }
        if parts.contains(.idle) { try await measureIdle(brokers, &figures) }
        try await warm(brokers, isRead: parts.contains(.consume))
        for round in 0..<Self.rounds {
            let order = round % 2 == 0 ? Array(brokers.indices) : brokers.indices.reversed()
            if parts.contains(.produce) { try await measureProducing(brokers, order, round, &figures) }
            if parts.contains(.consume) { try await measureConsuming(brokers, order, &figures) }
            if parts.contains(.latency) { try await measureLatency(brokers, order, round, &figures) }
        }
        if name == nil {
            for (index, broker) in brokers.enumerated() {
                figures[index].loadedMegabytes = [megabytes(broker.child.id)]
            }
        }
        tell(figures[0], figures.count > 1 ? figures[1] : nil)
    }

    private func tell(_ own: Figures, _ peer: Figures?) {
        /// The median, and in how many rounds the Broker was ahead.
        func row(_ what: String, _ figure: KeyPath<Figures, [Double]>, _ places: Int, _ unit: String, goal: String) {
            let (values, others) = (own[keyPath: figure], peer?[keyPath: figure] ?? [])
            if values.isEmpty { return }
            let text = { (value: Double) in (places == 0 ? grouped(value) : decimal(value, places)) + " " + unit }
            let ahead = zip(values, others).count { goal.hasPrefix(">") ? $0 > $1 : $0 < $1 }
            bench.row(
                what, text(values.median), beside: others.isEmpty ? "" : "Kafka " + text(others.median),
                ratio: others.isEmpty ? nil : others.median > 0 ? values.median / others.median : 0,
                goal: goal + (others.count > 1 ? ", ahead in \(ahead) of \(others.count) rounds" : ""))
        }
        row("produce, linger 5 ms", \.lingering, 0, "records/s", goal: "> 1")
        row("produce, linger 0", \.immediate, 0, "records/s", goal: "> 1")
        row("consume, one client", \.consumed, 0, "records/s", goal: "> 1")
        row("consume, two clients", \.consumedByTwo, 0, "records/s", goal: "> 1")
        row("the same, broker's CPU for a million records", \.consumingCPU, 3, "s", goal: "< 1")
        row("consume, a reader that only counts", \.counted, 0, "records/s", goal: "> 1")
        row("the same, broker's CPU for a million records", \.countingCPU, 3, "s", goal: "< 1")
        row("produce to consume at 200 records/s, p50", \.middles, 2, "ms", goal: "< 1")
        row("produce to consume at 200 records/s, p99", \.tails, 2, "ms", goal: "< 1")
        row("start to the first answer", \.start, 3, "s", goal: "< 0.1")
        row("idle CPU, of one core", \.idleCPU, 2, "%", goal: "< 0.1")
        row("memory, idle", \.idleMegabytes, 1, "MB", goal: "< 0.1")
        row("memory, after load", \.loadedMegabytes, 1, "MB", goal: "< 0.1")
    }

    // MARK: Brokers

    private struct Running {
        let child: ChildProcess
        let port: Int
        let start: Double
    }

    private func embedded(_ folder: String) async throws -> Running {
        let port = try freePort()
        let variables = ["BROKER_DATA=\(folder)/own", "BROKER_PORT=\(port)"]
        return try await started(port) {
            try ChildProcess(
                "\(bench.programs)/rapport-broker", [], environment: variables, output: "\(folder)/own.log")
        }
    }

    /// Apache Kafka, where it lies beside the project.
    private func apacheKafka(_ folder: String) async throws -> Running? {
        var root = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        root.removeLast(2)
        let program = root.joined(separator: "/") + "/../shared/kafka/kafka"
        guard FileManager.default.isExecutableFile(atPath: program),
            FileManager.default.isExecutableFile(atPath: "/usr/bin/java")
        else { return nil }
        let port = try freePort()
        try Data("log.flush.interval.messages=1\n".utf8).write(to: URL(filePath: "\(folder)/kafka.properties"))
        return try await started(port) {
            try ChildProcess(
                program,
                ["server", "--port", "\(port)", "--dir", "\(folder)/kafka", "--config", "\(folder)/kafka.properties"],
                output: "\(folder)/kafka.log")
        }
    }

    /// Starts a broker and waits until it tells of itself.
    private func started(_ port: Int, _ start: () throws -> ChildProcess) async throws -> Running {
        let begin = Loop.now
        let child = try start()
        // ApiVersions of version 0, from a client without a name.
        let question: [UInt8] = [0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff]
        while Loop.now - begin < .seconds(60) {
            if let stream = try? await EventLoop.Stream.connect(host: "127.0.0.1", port: port) {
                let answered = Completion<Void>()
                stream.onBytes = { _ in answered.succeed(()) }
                stream.onEnd = { _ in answered.fail(BenchError(text: "hung up")) }
                stream.resumeReading()
                stream.write(question)
                let isThere = (try? await Loop.withDeadline(.seconds(20)) { try await answered.wait() }) != nil
                stream.close()
                if isThere { return Running(child: child, port: port, start: (Loop.now - begin).seconds) }
            }
            try await Loop.sleep(for: .milliseconds(2))
        }
        child.kill(SIGKILL)
        throw BenchError(text: "no broker answered on port \(port)")
    }

    private func freePort() throws -> Int {
        let listener = try Listener(address: "127.0.0.1", port: 0) { $0.close() }
        defer { listener.close() }
        return listener.port
    }

    // MARK: Measuring

    private func settings(_ broker: Running) -> KafkaSettings {
        KafkaSettings(brokers: "127.0.0.1:\(broker.port)", clientID: "rapport-bench")
    }

    private func measureIdle(_ brokers: [Running], _ figures: inout [Figures]) async throws {
        try await Loop.sleep(for: .seconds(3))
        let before = brokers.map { cpuTicks($0.child.id) }
        try await Loop.sleep(for: .seconds(6))
        for (index, broker) in brokers.enumerated() {
            figures[index].idleCPU = [seconds(cpuTicks(broker.child.id) - before[index]) / 6 * 100]
            figures[index].idleMegabytes = [megabytes(broker.child.id)]
        }
    }

    /// The first records warm connections, files and, of Kafka, the compiler.
    private func warm(_ brokers: [Running], isRead: Bool) async throws {
        for broker in brokers {
            _ = try await produce(400_000, to: "warm", linger: 5, settings(broker))
            _ = try await consume(400_000, from: "warm", settings(broker))
            // What is read later: full batches of 500, the same with both, however fast they took them.
            if isRead {
                _ = try await produce(2_000_000, to: "stored", linger: 1000, batch: 500, settings(broker))
            }
        }
    }

    private func measureProducing(
        _ brokers: [Running], _ order: [Int], _ round: Int, _ figures: inout [Figures]
    ) async throws {
        let (lingering, immediate) = ("lingering-\(round)", "immediate-\(round)")
        for broker in brokers {
            let plans = [lingering, immediate].map { TopicPlan(name: $0, partitions: 6) }
            try await KafkaAdmin.createTopics(plans, settings(broker))
        }
        for index in order {
            let kafka = settings(brokers[index])
            figures[index].lingering.append(try await produce(2_000_000, to: lingering, linger: 5, kafka))
        }
        for index in order {
            let kafka = settings(brokers[index])
            figures[index].immediate.append(try await produce(1_000_000, to: immediate, linger: 0, kafka))
        }
    }

    private func measureConsuming(_ brokers: [Running], _ order: [Int], _ figures: inout [Figures]) async throws {
        for _ in 0..<3 {
            for index in order {
                let kafka = settings(brokers[index])
                let time = try await consume(2_000_000, from: "stored", kafka)
                figures[index].consumed.append(2_000_000 / (time.upperBound - time.lowerBound))
            }
            for index in order {
                let (id, kafka) = (brokers[index].child.id, settings(brokers[index]))
                let before = cpuTicks(id)
                async let one = consume(2_000_000, from: "stored", kafka)
                async let other = consume(2_000_000, from: "stored", kafka)
                let (first, second) = (try await one, try await other)
                let time = max(first.upperBound, second.upperBound) - min(first.lowerBound, second.lowerBound)
                figures[index].consumedByTwo.append(4_000_000 / time)
                figures[index].consumingCPU.append(seconds(cpuTicks(id) - before) / 4)
            }
            for index in order {
                let (id, reader) = (brokers[index].child.id, CountingReader(port: brokers[index].port, topic: "stored"))
                let before = cpuTicks(id)
                // Ten times, as the clock of the broker's CPU is a coarse one.
                let rates = try await Loop.offload { try (0..<10).map { _ in try reader.run(2_000_000) } }
                figures[index].counted.append(rates.median)
                figures[index].countingCPU.append(seconds(cpuTicks(id) - before) / 20)
            }
        }
    }

    private func measureLatency(
        _ brokers: [Running], _ order: [Int], _ round: Int, _ figures: inout [Figures]
    ) async throws {
        let latency = "latency-\(round)"
        for broker in brokers {
            try await KafkaAdmin.createTopics([TopicPlan(name: latency, partitions: 1)], settings(broker))
        }
        for index in order {
            // The first second warms both ways.
            let times = try await Passage.times(latency, settings(brokers[index])).dropFirst(200)
            figures[index].middles.append(times.percentile(0.5).seconds * 1000)
            figures[index].tails.append(times.percentile(0.99).seconds * 1000)
        }
    }

    /// Records a second from the first call to the last acknowledgement.
    private func produce(
        _ count: Int, to topic: String, linger: Int, batch: Int = 10_000, _ kafka: KafkaSettings
    ) async throws -> Double {
        let settings = [
            "bootstrap.servers": kafka.brokers, "acks": "all", "linger.ms": "\(linger)", "enable.idempotence": "true",
            "queue.buffering.max.messages": "200000", "batch.num.messages": "\(batch)",
        ]
        return try await Loop.offload {
            let client = try BareClient(RD_KAFKA_PRODUCER, settings)
            defer { client.close() }
            let handle = rd_kafka_topic_new(client.handle, topic, nil)
            defer { rd_kafka_topic_destroy(handle) }
            let value = UnsafeMutableRawBufferPointer.allocate(byteCount: 200, alignment: 8)
            defer { value.deallocate() }
            value.initializeMemory(as: UInt8.self, repeating: 120)
            let begin = SteadyClock.now
            for number in 0..<count {
                while rd_kafka_produce(
                    handle, Int32(number / 500 % 6), Int32(RD_KAFKA_MSG_F_COPY),
                    value.baseAddress, value.count, nil, 0, nil) != 0
                {
                    guard rd_kafka_last_error() == RD_KAFKA_RESP_ERR__QUEUE_FULL else {
                        throw BenchError(text: "produce: \(rd_kafka_last_error())")
                    }
                    rd_kafka_poll(client.handle, 5)
                }
            }
            guard rd_kafka_flush(client.handle, 60_000) == RD_KAFKA_RESP_ERR_NO_ERROR else {
                throw BenchError(text: "not all records were acknowledged")
            }
            return Double(count) / (SteadyClock.now - begin)
        }
    }

    /// The time from the first record that came to the last.
    private func consume(
        _ count: Int, from topic: String, _ kafka: KafkaSettings
    ) async throws -> ClosedRange<Double> {
        let settings = [
            "bootstrap.servers": kafka.brokers, "fetch.wait.max.ms": "50", "queued.max.messages.kbytes": "65536",
            "fetch.message.max.bytes": "1048576",
        ]
        return try await Loop.offload {
            let client = try BareClient(RD_KAFKA_CONSUMER, settings)
            defer { client.close() }
            let handle = rd_kafka_topic_new(client.handle, topic, nil)
            defer { rd_kafka_topic_destroy(handle) }
            let queue = rd_kafka_queue_new(client.handle)
            defer { rd_kafka_queue_destroy(queue) }
            for partition in 0..<6 { rd_kafka_consume_start_queue(handle, Int32(partition), 0, queue) }
            defer { for partition in 0..<6 { rd_kafka_consume_stop(handle, Int32(partition)) } }
            var messages = [UnsafeMutablePointer<rd_kafka_message_t>?](repeating: nil, count: 10_000)
            var (seen, begin) = (0, SteadyClock.now)
            let deadline = begin + 60
            while seen < count {
                let got = rd_kafka_consume_batch_queue(queue, 100, &messages, messages.count)
                if seen == 0 { begin = SteadyClock.now }
                for index in 0..<max(0, got) {
                    if messages[index]?.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR { seen += 1 }
                    rd_kafka_message_destroy(messages[index])
                }
                guard SteadyClock.now < deadline else { throw BenchError(text: "\(seen) of \(count) came") }
            }
            return begin...SteadyClock.now
        }
    }

    // MARK: What a process uses

    private func proc(_ id: Int32, _ name: String) -> String {
        String(decoding: FileManager.default.contents(atPath: "/proc/\(id)/\(name)") ?? Data(), as: UTF8.self)
    }

    private func megabytes(_ id: Int32) -> Double {
        for line in proc(id, "status").split(separator: "\n") where line.hasPrefix("VmRSS:") {
            return (Double(line.dropFirst(6).filter(\.isNumber)) ?? 0) / 1024
        }
        return 0
    }

    private func seconds(_ ticks: Int) -> Double { Double(ticks) / Double(sysconf(Int32(_SC_CLK_TCK))) }

    private func cpuTicks(_ id: Int32) -> Int {
        let fields = proc(id, "stat").split(separator: ")").last?.split(separator: " ") ?? []
        return fields.count > 13 ? (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0) : 0
    }
}

extension [Double] {
    /// The middle one of them in order.
    fileprivate var median: Double { isEmpty ? 0 : sorted()[count / 2] }
}

/// A client of librdkafka without anything around it, so that little but brokers is measured.
private struct BareClient {
    let handle: OpaquePointer

    init(_ type: rd_kafka_type_t, _ settings: [String: String]) throws {
        let conf = rd_kafka_conf_new()
        var text = [CChar](repeating: 0, count: 512)
        for (name, value) in settings { rd_kafka_conf_set(conf, name, value, &text, text.count) }
        guard let handle = rd_kafka_new(type, conf, &text, text.count) else {
            rd_kafka_conf_destroy(conf)
            throw BenchError(text: "no client")
        }
        self.handle = handle
    }

    func close() { rd_kafka_destroy(handle) }
}

/// Seconds of a clock that only goes forward, for work beside the loop.
enum SteadyClock {
    static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
