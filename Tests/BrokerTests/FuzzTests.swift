import Crypto
import EventLoop
import TestKit
import Testing

@testable import Broker

/// Requests made worse: right ones with bytes changed, cut, doubled or mixed, and bytes from nowhere.
@Loop
private struct FrameFuzzer {
    private var random: SeededGenerator
    private var script: ComparedScript
    private let speaker: ComparedBroker
    private var kept: [[UInt8]]

    /// Numbers that are likely to hurt: lengths beyond the end, signs, ends of ranges.
    private static let odd: [[UInt8]] = [
        [0xff], [0x80], [0x7f], [0], [0xff, 0xff], [0x7f, 0xff], [0xff, 0xff, 0xff, 0xff], [0x7f, 0xff, 0xff, 0xff],
        [0x80, 0, 0, 0], [0xff, 0xff, 0xff, 0xff, 0x0f], [0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
        [0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [0x80, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 1],
    ]

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        script = ComparedScript(seed: seed)
        speaker = ComparedBroker("nobody", port: 0)
        kept = CapturedFrame.found("kafka-frames.jsonl").map(\.request)
        kept += CapturedFrame.found("kafka-frames-apache.jsonl").map(\.request).filter { $0.count < 4096 }
    }

    private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<max(1, bound), using: &random) }

    /// A right request.
    private mutating func valid() -> [UInt8] {
        if !kept.isEmpty, below(2) == 0 { return kept[below(kept.count)] }
        let step = script.next()
        return TestClient.frame(step.key, step.version, step.body(speaker))
    }

    /// A whole frame; mostly with the length that it has.
    mutating func next() -> [UInt8] {
        guard below(20) > 0 else {
            let noise = (0..<below(200)).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            return below(2) == 0 ? noise : withLength([0, 0, 0, 0] + noise)
        }
        var frame = valid()
        for _ in 0..<below(4) + 1 { mutate(&frame) }
        return below(50) > 0 ? withLength(frame) : frame
    }

    private mutating func mutate(_ frame: inout [UInt8]) {
        guard frame.count > 12 else { return }
        let place = 4 + below(frame.count - 4)
        switch below(8) {
        case 0: frame[place] ^= 1 << UInt8(below(8))
        case 1: frame[place] = UInt8.random(in: .min ... .max, using: &random)
        case 2:
            let odd = Self.odd[below(Self.odd.count)]
            frame.replaceSubrange(place..<min(frame.count, place + odd.count), with: odd)
        case 3: frame.removeSubrange(place..<min(frame.count, place + 1 + below(9)))
        case 4: frame.insert(contentsOf: Self.odd[below(Self.odd.count)], at: place)
        case 5:
            let other = valid()
            frame.replaceSubrange(place..., with: other[min(place, other.count)...])
        case 6: frame.replaceSubrange(4..<8, with: [0, UInt8(below(70)), 0, UInt8(below(14))])
        default: frame += frame[place...]
        }
    }

    private func withLength(_ frame: [UInt8]) -> [UInt8] {
        guard frame.count >= 4 else { return frame }
        var writer = WireWriter(bytes: frame)
        writer.set(frame.count - 4, Int32.self, at: 0)
        return writer.bytes
    }
}

/// Short by default; `BROKER_FUZZ_SECONDS` or `BROKER_FUZZ_INPUTS` and `BROKER_SEED` make it longer and repeat it.
@Suite struct FuzzTests {
    private let seed = getenv("BROKER_SEED").flatMap { UInt64(String(cString: $0)) } ?? UInt64.random(in: 1...99_999)
    private let time = Duration.seconds(getenv("BROKER_FUZZ_SECONDS").flatMap { Int(String(cString: $0)) } ?? 3)

    private let wanted = getenv("BROKER_FUZZ_INPUTS").flatMap { Int(String(cString: $0)) }

    /// Whether there is more to do: until a number of inputs where one is given, else for a time.
    private func goesOn(_ inputs: Int, _ end: ContinuousClock.Instant) -> Bool {
        wanted.map { inputs < $0 } ?? (ContinuousClock.now < end)
    }

    @Test @Loop func whatTheDecoderTakesItCanRepeat() throws {
        var fuzzer = FrameFuzzer(seed: seed)
        var (inputs, read) = (0, 0)
        let end = ContinuousClock.now + time
        while goesOn(inputs, end) {
            let frame = fuzzer.next()
            inputs += 1
            var reader = WireReader(frame, from: min(4, frame.count))
            guard let header = try? RequestHeader(&reader), let api = API.byKey[header.key],
                api.accepted.contains(header.version),
                let body = try? api.readRequest(&reader, version: header.version)
            else { continue }
            read += 1
            let isFlexible = api.isFlexible(header.version)
            var writer = WireWriter()
            api.request.write(body, to: &writer, version: header.version, isFlexible: isFlexible)
            var again = WireReader(writer.bytes)
            let copy = try api.request.read(&again, version: header.version, isFlexible: isFlexible)
            #expect(copy == body && again.remaining == 0, "seed \(seed), input \(inputs): \(frame)")
        }
        print("seed \(seed): the decoder survived \(inputs) inputs, of which it took \(read)")
        #expect(inputs > 1000 && read > 100)
    }

    @Test @Loop func aBrokerOutlivesWhatIsSentToIt() async throws {
        try await withFolder { folder in
            let process = try await BrokerProcess(folder, ["BROKER_FLUSH=page-cache"])
            var fuzzer = FrameFuzzer(seed: seed)
            let honest = try await TestClient(port: process.port)
            for topic in ["a", "b", "c", "d.e"] { try await honest.create(topic, partitions: 2) }
            var (inputs, peak) = (0, 0)
            let end = ContinuousClock.now + time
            while goesOn(inputs, end) {
                let client = try await TestClient(port: process.port)
                let count = Int.random(in: 1...30)
                var bytes: [UInt8] = []
                for _ in 0..<count { bytes += fuzzer.next() }
                client.write(bytes)
                inputs += count
                _ = try await client.isClosed(within: .milliseconds(Int.random(in: 1...8)))
                client.close()
                if inputs % 50 == 0 { peak = max(peak, memory(of: process.id)) }
            }
            // Others are served as before, and it ends as it is asked to.
            #expect(try await honest.produce(testBatch(["x"]), to: "b").code != -99)
            #expect(try await honest.call(3, 4, ["Topics": []]).list("Brokers").count == 1)
            peak = max(peak, memory(of: process.id))
            #expect(peak > 0 && peak < 400 << 20, "\(peak) bytes")
            honest.close()
            #expect(try await process.end(SIGTERM), "seed \(seed)")
            let again = try await BrokerProcess(folder)
            #expect(try await again.end(SIGTERM))
            print("seed \(seed): the broker survived \(inputs) inputs, at most \(peak >> 20) MiB")
        }
    }

    /// The same where everybody is asked: before the sign-in, in the midst of it, and with few rights after it.
    @Test @Loop func aBrokerThatAsksOutlivesItToo() async throws {
        let folder = try TestPaths.temporaryFolder()
        defer { TestPaths.remove(folder) }
        let users = Users(path: folder + "/users")
        try users.set("shop", password: Array("shop".utf8), iterations: ScramKeys.leastIterations)
        try Disk.replace(folder + "/rights", with: Array("shop\twrite\ttopic\ta\nshop\tread\tgroup\tg\n".utf8))
        try await withBroker { settings in
            settings.listeners = [
                ListenerSettings(.plain, address: "127.0.0.1", port: 0),
                ListenerSettings(.signIn, address: "127.0.0.1", port: 0),
            ]
            (settings.usersFile, settings.rightsFile) = (users.path, folder + "/rights")
            settings.flush = .pageCache
        } _: { broker, honest in
            for topic in ["a", "b"] { try await honest.create(topic) }
            let topics = Set(broker.node.catalogue.topics.keys)
            var fuzzer = FrameFuzzer(seed: seed)
            var inputs = 0
            let end = ContinuousClock.now + time
            while goesOn(inputs, end) {
                let client = try await TestClient(port: broker.ports[1])
                var bytes: [UInt8] = []
                let mechanism = Value.text(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "x"][inputs % 4])
                if inputs % 3 > 0 { bytes += TestClient.frame(17, inputs % 2, ["Mechanism": mechanism]) }
                if inputs % 3 > 1 {
                    let token = Array((inputs % 4 == 0 ? "\0shop\0shop" : "n,,n=shop,r=x").utf8)
                    bytes += TestClient.frame(36, 1, ["AuthBytes": .bytes(token[...])])
                }
                for _ in 0..<Int.random(in: 1...20) {
                    bytes += fuzzer.next()
                    inputs += 1
                }
                client.write(bytes)
                _ = try await client.isClosed(within: .milliseconds(Int.random(in: 1...8)))
                client.close()
            }
            // Whoever may not make, change or delete a topic has not.
            #expect(Set(broker.node.catalogue.topics.keys) == topics, "seed \(seed)")
            #expect(broker.node.partition("b", 0)?.endOffset == 0, "seed \(seed)")
            #expect(broker.node.memory.used < 1 << 20, "seed \(seed): \(broker.node.memory.used)")
            #expect(try await honest.produce(testBatch(["x"]), to: "b").code == 0)
            print("seed \(seed): a broker that asks survived \(inputs) inputs")
        }
    }

    /// Resident bytes.
    private func memory(of process: Int32) -> Int {
        let words = TestPaths.contents("/proc/\(process)/statm").split(separator: " ")
        return words.count > 1 ? (Int(words[1]) ?? 0) * 4096 : 0
    }
}
