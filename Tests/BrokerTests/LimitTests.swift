import EventLoop
import TestKit
import Testing

@testable import Broker

/// Clients without manners, from an address of their own so that the limits of one address are theirs.
@Loop
private final class Mob {
    private var sockets: [Int32] = []
    private let port: Int

    init(port: Int) { self.port = port }

    /// Connects from `127.0.0.9` and sends bytes; what the kernel does not take at once is left.
    @discardableResult
    func connect(sending bytes: [UInt8] = []) -> Int32 {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var source = address("127.0.0.9", 0)
        var target = address("127.0.0.1", port)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeBytes(of: &source) { _ = bind(socket, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), size) }
        withUnsafeBytes(of: &target) {
            _ = Glibc.connect(socket, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), size)
        }
        send(bytes, on: socket)
        sockets.append(socket)
        return socket
    }

    @discardableResult
    func send(_ bytes: [UInt8], on socket: Int32) -> Int {
        Glibc.send(socket, bytes, bytes.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
    }

    /// Whether the broker has closed a connection, dropping what it had sent.
    func isClosed(_ socket: Int32) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(socket, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count == 0 || (count < 0 && errno != EAGAIN) { return true }
            if count < 0 { return false }
        }
    }

    /// Lets go of the connections that the broker has closed, and says how many are left.
    func reap() -> Int {
        let gone = Set(sockets.filter { isClosed($0) })
        for socket in gone { Glibc.close(socket) }
        sockets.removeAll { gone.contains($0) }
        return sockets.count
    }

    func close() {
        for socket in sockets { Glibc.close(socket) }
        sockets = []
    }

    private func address(_ text: String, _ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        inet_pton(AF_INET, text, &address.sin_addr)
        return address
    }
}

/// A client that does ordinary work all the time, beside whatever else happens.
@Loop
private final class Neighbour {
    private(set) var count = 0
    private(set) var slowest = Duration.zero
    private var isStopping = false
    private var task: Task<Void, any Error>?

    init(port: Int) async throws {
        let client = try await TestClient(port: port)
        try await client.create("neighbour")
        task = Task { @Loop [unowned self] in
            defer { client.close() }
            while !isStopping {
                let begin = Loop.now
                let place = try await client.produce(testBatch(["\(count)"]), to: "neighbour")
                let answer = try await client.call(
                    1, 11, TestClient.fetchBody("neighbour", from: place.offset, wait: 1000))
                guard place == (0, count), testRecords(TestClient.fetched(answer).bytes).count == 1 else {
                    throw MalformedRequest(reason: "record \(count) is not as written: \(place)")
                }
                slowest = max(slowest, Loop.now - begin)
                count += 1
                try await Loop.sleep(for: .milliseconds(5))
            }
        }
    }

    /// Ends; fails if it was ever refused, disconnected, or kept waiting for long.
    func finish() async throws {
        isStopping = true
        try await task?.value
        #expect(count > 0 && slowest < .seconds(5), "\(count) rounds, the slowest \(slowest)")
    }
}

@Suite struct LimitTests {
    private func hurried(_ settings: inout BrokerSettings) {
        settings.requestTime = .milliseconds(400)
        settings.writeTime = .milliseconds(400)
        settings.metrics = ("127.0.0.1", 0)
    }

    /// The figures, as Prometheus would read them.
    @Loop
    private func figures(_ broker: Broker) async throws -> String {
        try await runShell("curl -s --max-time 10 http://127.0.0.1:\(broker.metricsPort)/metrics").output
    }

    @Test @Loop func brokenClientsHurtNobodyElse() async throws {
        try await withBroker(hurried) { broker, client in
            let neighbour = try await Neighbour(port: broker.port)
            let mob = Mob(port: broker.port)
            defer { mob.close() }
            var random = SeededGenerator(seed: 11)
            var doomed: [Int32] = []
            for _ in 0..<100 {
                let bytes = (0..<Int.random(in: 1...600, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                doomed.append(mob.connect(sending: bytes))
            }
            // Lengths without what they promise, of a write and of a question.
            for start in [[6, 0, 0, 0, 0, 0, 0, 7], [6, 0, 0, 0, 0, 3, 0, 4], [0, 0, 4, 0], [0]] as [[UInt8]] {
                doomed.append(mob.connect(sending: start))
            }
            // A request that never ends: a byte now and then is not progress.
            let endless = mob.connect(sending: [0, 16, 0, 0, 0, 0, 0, 7])
            for _ in 0..<15 {
                mob.send([0], on: endless)
                try await Loop.sleep(for: .milliseconds(50))
            }
            doomed.append(endless)
            try await eventually("the end of all bad clients", within: .seconds(20)) {
                doomed.allSatisfy { mob.isClosed($0) }
            }
            try await neighbour.finish()
            let text = try await figures(broker)
            #expect(text.contains("reason=\"slow request\"") && text.contains("reason=\"too large\""), "\(text)")
            #expect(try await client.call(18, 3, [:]).int("ErrorCode") == 0)
        }
    }

    @Test @Loop func aClientThatNeverReadsIsDisconnected() async throws {
        try await withBroker(hurried) { broker, client in
            try await client.create("big")
            for _ in 0..<20 {
                let batch = testBatch([String(repeating: "x", count: 900_000)])
                #expect(try await client.produce(batch, to: "big").code == 0)
            }
            let neighbour = try await Neighbour(port: broker.port)
            let mob = Mob(port: broker.port)
            defer { mob.close() }
            let request = TestClient.frame(1, 11, TestClient.fetchBody("big", from: 0, wait: 0, maxBytes: 50 << 20))
            let greedy = (0..<30).map { _ in mob.connect(sending: Array(repeating: request, count: 20).flatMap { $0 }) }
            try await eventually("the end of those who do not read", within: .seconds(20)) {
                let text = try await figures(broker)
                return text.contains("closed_total{reason=\"slow reader\"}")
                    || text.contains("closed_total{reason=\"memory\"}")
            }
            try await eventually("all of them are gone", within: .seconds(20)) {
                try await figures(broker).contains("\nrapport_broker_connections 2\n")
            }
            #expect(greedy.allSatisfy { mob.isClosed($0) })
            try await neighbour.finish()
            #expect(try await figures(broker).contains("\nrapport_broker_memory_bytes 0\n"))
        }
    }

    @Test @Loop func memoryIsBoundedOverAll() async throws {
        try await withBroker { settings in
            settings.maxMemoryBytes = 16 << 20
            settings.requestTime = .seconds(60)
            settings.metrics = ("127.0.0.1", 0)
        } _: { broker, _ in
            let neighbour = try await Neighbour(port: broker.port)
            let mob = Mob(port: broker.port)
            defer { mob.close() }
            // Each sends most of a large write and then keeps it.
            let start: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 7]
            let piece = [UInt8](repeating: 0, count: 200_000)
            var sockets: [Int32] = []
            var largest = 0
            for _ in 0..<40 {
                sockets.append(mob.connect(sending: start))
                for socket in sockets { mob.send(piece, on: socket) }
                try await Loop.sleep(for: .milliseconds(20))
                let line = try await figures(broker).split(separator: "\n").first {
                    $0.hasPrefix("rapport_broker_memory_bytes ")
                }
                largest = max(largest, line?.split(separator: " ").last.flatMap { Int($0) } ?? 0)
            }
            #expect(largest > 8 << 20 && largest <= 16 << 20, "\(largest)")
            #expect(sockets.contains { mob.isClosed($0) })
            #expect(try await figures(broker).contains("closed_total{reason=\"memory\"}"))
            try await neighbour.finish()
        }
    }

    @Test @Loop func thousandsOfConnectionsLeaveRoomForOthers() async throws {
        try await withBroker { settings in
            settings.maxConnections = 400
            settings.maxConnectionsPerAddress = 300
            settings.metrics = ("127.0.0.1", 0)
        } _: { broker, _ in
            let neighbour = try await Neighbour(port: broker.port)
            let mob = Mob(port: broker.port)
            defer { mob.close() }
            for round in 1...30 {
                for _ in 0..<100 { mob.connect() }
                try await eventually("those too many are turned away") { mob.reap() == min(300, round * 100) }
            }
            // Others still come in, and those who leave make room.
            let late = try await TestClient(port: broker.port)
            #expect(try await late.call(18, 3, [:]).int("ErrorCode") == 0)
            late.close()
            #expect(try await figures(broker).contains("connections_refused_total 2700\n"))
            mob.close()
            try await eventually { try await figures(broker).contains("\nrapport_broker_connections 2\n") }
            try await neighbour.finish()
        }
    }

    /// Whoever always has a request on its way is not slow, however long that goes on.
    @Test @Loop func aBusyWriterIsNotTakenForASlowOne() async throws {
        try await withBroker({
            // The disk's own pauses are not the writer's.
            $0.flush = .pageCache
            $0.requestTime = .milliseconds(400)
        }) { _, client in
            try await client.create("t")
            let request = TestClient.frame(0, 7, TestClient.produceBody(testBatch(["a"]), "t"))
            let begin = Loop.now
            var offset = 0
            // Cut so that the end of one request comes with the start of the next.
            client.write(Array(request.prefix(20)))
            while Loop.now - begin < .seconds(1) {
                client.write(Array(request.dropFirst(20)) + Array(request.prefix(20)))
                #expect(try await client.produced() == (0, offset))
                offset += 1
                try await Loop.sleep(for: .milliseconds(5))
            }
            #expect(!client.hasEnded && offset > 5)
        }
    }

    @Test @Loop func idleConnectionsAreClosedAndWaitingOnesKept() async throws {
        try await withBroker({ $0.idleTime = .milliseconds(500) }) { broker, client in
            try await client.create("t")
            let waiting = try await TestClient(port: broker.port)
            waiting.send(1, 11, TestClient.fetchBody("t", from: 0, wait: 2500))
            #expect(try await client.isClosed(within: .seconds(5)))
            #expect(TestClient.fetched(try await waiting.receive(1, 11)) == (0, 0, []))
            waiting.close()
        }
    }

    @Test @Loop func figuresTellWhatHappened() async throws {
        try await withBroker({ $0.metrics = ("127.0.0.1", 0) }) { broker, client in
            try await client.create("t")
            _ = try await client.produce(testBatch(["a"]), to: "t")
            _ = try await client.produce(testBatch(["a"]), to: "unknown")
            let text = try await figures(broker)
            for line in [
                "requests_total{api=\"Produce\",error=\"0\"} 1", "requests_total{api=\"Produce\",error=\"3\"} 1",
                "requests_total{api=\"CreateTopics\",error=\"0\"} 1", "connections 1", "partitions 1", "topics 1",
                "partitions_offline 0", "log_bytes \(testBatch(["a"]).count)",
            ] {
                #expect(text.contains("\nrapport_broker_\(line)\n"), "\(line) in \(text)")
            }
            for name in ["received_bytes_total", "sent_bytes_total", "sync_seconds_total", "loop_longest_hold_seconds"]
            {
                #expect(text.contains("\n# TYPE rapport_broker_\(name) "))
            }
            let other = try await runShell(
                "curl -s -o /dev/null -w %{http_code} http://127.0.0.1:\(broker.metricsPort)/x")
            #expect(other.output == "404")
        }
    }
}
