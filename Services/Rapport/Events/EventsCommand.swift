import CRMModel
import EventLoop
import FoundationEssentials
import Kafka

/// `rapport events`: what a person sees of the events on the topics, and how one is published by hand.
@Loop
struct EventsCommand {
    private let suite: Suite

    init(_ suite: Suite) { self.suite = suite }

    func run(_ arguments: inout Arguments) async throws {
        var words = arguments.plainWords()
        if words.first == "publish" {
            words.removeFirst()
            return try await publish(words, &arguments)
        }
        if words.first == "tail" { words.removeFirst() }
        try await tail(words, &arguments)
    }

    // MARK: Tail

    private func tail(_ names: [String], _ arguments: inout Arguments) async throws {
        let start = try EventStart(try arguments.value("--from") ?? "end")
        let stopsAtEnd = arguments.flag("--until-end")
        let most = try arguments.number("--max")
        let partition = try arguments.value("--partition").map { text in
            guard let number = Int32(text), number >= 0 else {
                throw UsageError("--partition needs a number from 0 on")
            }
            return number
        }
        let filter = EventFilter(key: try arguments.value("--key"), type: try arguments.value("--type"))
        let json = arguments.flag("--json")
        try arguments.end()
        let cluster = try suite.reachableKafka()
        let partitions = try await choose(names, partition, cluster)
        let bounds = try await KafkaAdmin.bounds(of: partitions, cluster)
        let positions = try await start.positions(in: bounds, cluster)
        let terminal = suite.terminal
        var left = most ?? Int.max
        let reader = EventReader(cluster, positions, until: stopsAtEnd ? bounds.mapValues(\.upperBound) : nil)
        try await reader.run { record in
            let event = ShownEvent(record)
            guard left > 0, filter.admits(event) else { return left > 0 }
            terminal.line(json ? event.json : event.text(terminal))
            left -= 1
            return left > 0
        }
    }

    private func choose(
        _ names: [String], _ partition: Int32?, _ cluster: KafkaSettings
    ) async throws -> [TopicPartition] {
        let known = try await KafkaAdmin.topics(cluster)
        for name in names where known[name] == nil {
            throw SuiteError("there is no topic \(name); rapport topics lists those there are")
        }
        let chosen = names.isEmpty ? known.keys.filter { !$0.hasPrefix("__") }.sorted() : names
        let all = chosen.flatMap { name in
            (0..<Int32(known[name] ?? 0)).map { TopicPartition(topic: name, partition: $0) }
        }
        let wanted = all.filter { partition == nil || $0.partition == partition }
        guard !wanted.isEmpty else {
            throw SuiteError(
                all.isEmpty ? "no topics at \(cluster.brokers)" : "there is no partition \(partition ?? 0)")
        }
        return wanted
    }

    // MARK: Publish

    private func publish(_ words: [String], _ arguments: inout Arguments) async throws {
        guard let topic = words.first, words.count == 1 else { throw UsageError("expected the name of one topic") }
        func needed(_ name: String) throws -> String {
            guard let value = try arguments.value(name), !value.isEmpty else { throw UsageError("\(name) is needed") }
            return value
        }
        let draft = EventDraft(
            key: try needed("--key"), type: try needed("--type"), source: try needed("--source"),
            id: try arguments.value("--id") ?? UUID().uuidString.lowercased(),
            time: try arguments.value("--time") ?? RFC3339.string(Date()),
            headers: try arguments.pairs("--header"), isStructured: arguments.flag("--structured"),
            data: try Self.data(try arguments.value("--data")))
        let isUnchecked = arguments.flag("--unchecked")
        try arguments.end()
        try draft.check()
        let cluster = try suite.reachableKafka()
        guard try await KafkaAdmin.topics(cluster)[topic] != nil else {
            throw SuiteError("there is no topic \(topic); rapport topics create makes one")
        }
        if !isUnchecked { try draft.judge(on: topic) }
        // A person waits: give up after a while, unlike the services.
        let producer = try KafkaProducer(cluster, properties: ["message.timeout.ms": "20000"])
        defer { producer.close() }
        let fate = Completion<Void>()
        producer.onDeliveries = { deliveries in
            for delivery in deliveries { delivery.error.map { fate.fail($0) } ?? fate.succeed(()) }
        }
        try producer.produce(topic: topic, key: draft.key, value: draft.value, headers: draft.wireHeaders, id: 1)
        try await fate.waitOrCancel()
        suite.terminal.line("published \(draft.id) to \(topic)")
    }

    /// The bytes given in place, in a file, or on standard input.
    static func data(_ text: String?) throws -> [UInt8] {
        guard let text, !text.hasPrefix("@") else {
            let path = text.map { String($0.dropFirst()) } ?? "/dev/stdin"
            let isInput = text == nil
            guard
                let data = isInput
                    ? standardInput() : FileManager.default.contents(atPath: path).map({ Array($0) })
            else { throw SuiteError("\(path) cannot be read") }
            return data
        }
        return Array(text.utf8)
    }

    private static func standardInput() -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(0, &buffer, buffer.count)
            guard count > 0 else { return count == 0 ? bytes : nil }
            bytes += buffer.prefix(count)
        }
    }
}
