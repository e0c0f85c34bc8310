import EventLoop
import FoundationEssentials
import Kafka

/// `rapport topics`: what a person does with the topics of a cluster.
@Loop
struct TopicsCommand {
    private let suite: Suite
    private let terminal: Terminal

    init(_ suite: Suite) {
        self.suite = suite
        terminal = suite.terminal
    }

    /// One topic for programs.
    private struct Description: Encodable {
        struct Partition: Encodable {
            let partition: Int
            let first: Int64
            let next: Int64
        }
        struct Setting: Encodable {
            let value: String?
            let isOwn: Bool
        }
        let name: String
        let partitions: [Partition]
        let records: Int64
        var settings: [String: Setting]?

        init(_ name: String, _ bounds: [(Int32, Range<Int64>)], _ settings: [TopicSetting]?) {
            self.name = name
            partitions = bounds.map { Partition(partition: Int($0.0), first: $0.1.lowerBound, next: $0.1.upperBound) }
            records = bounds.reduce(0) { $0 + Int64($1.1.count) }
            self.settings = settings.map { all in
                Dictionary(all.map { ($0.name, Setting(value: $0.value, isOwn: $0.isOwn)) }) { first, _ in first }
            }
        }
    }

    func run(_ arguments: inout Arguments) async throws {
        let json = arguments.flag("--json")
        var words = arguments.plainWords()
        let action = words.isEmpty ? "list" : words.removeFirst()
        switch action {
        case "list":
            let all = arguments.flag("--all")
            try nothingElse(words, arguments)
            try await list(all: all, json: json)
        case "describe":
            let names = try named(words)
            try arguments.end()
            try await describe(names, json: json)
        case "create":
            let partitions = try arguments.number("--partitions") ?? 12
            let settings = try arguments.pairs("--set")
            let name = try single(words, arguments)
            try await create(name, partitions, settings)
        case "alter":
            let partitions = try arguments.number("--partitions")
            let (set, unset) = (try arguments.pairs("--set"), try arguments.values("--unset"))
            let name = try single(words, arguments)
            guard partitions != nil || !set.isEmpty || !unset.isEmpty else {
                throw UsageError("say what to alter: --partitions, --set or --unset")
            }
            try await alter(name, partitions, set, unset)
        case "delete":
            let isSure = arguments.flag("--yes")
            let names = try named(words)
            try arguments.end()
            guard isSure else { throw UsageError("what is deleted is gone for good: say --yes") }
            let cluster = try suite.reachableKafka()
            _ = try await known(names, cluster)
            try await KafkaAdmin.deleteTopics(names, cluster)
            for name in names { terminal.line("deleted \(name)") }
        default: throw UsageError("topics knows list, describe, create, alter and delete, not \(action)")
        }
    }

    private func named(_ words: [String]) throws -> [String] {
        guard !words.isEmpty else { throw UsageError("expected the name of a topic") }
        return words
    }

    private func single(_ words: [String], _ arguments: Arguments) throws -> String {
        let name = try named(words)[0]
        try nothingElse(Array(words.dropFirst()), arguments)
        return name
    }

    private func nothingElse(_ words: [String], _ arguments: Arguments) throws {
        if let first = words.first { throw UsageError("\(first) is not understood here") }
        try arguments.end()
    }

    /// The partition counts of topics that must be there.
    private func known(_ names: [String], _ cluster: KafkaSettings) async throws -> [String: Int] {
        let all = try await KafkaAdmin.topics(cluster)
        for name in names where all[name] == nil {
            throw SuiteError("there is no topic \(name); rapport topics lists those there are")
        }
        return all.filter { names.contains($0.key) }
    }

    private func bounds(
        _ topics: [String: Int], _ cluster: KafkaSettings
    ) async throws -> [String: [(Int32, Range<Int64>)]] {
        let all = topics.flatMap { topic in
            (0..<topic.value).map { TopicPartition(topic: topic.key, partition: Int32($0)) }
        }
        let found = try await KafkaAdmin.bounds(of: all, cluster).sorted { $0.key.partition < $1.key.partition }
        return Dictionary(grouping: found, by: \.key.topic).mapValues { $0.map { ($0.key.partition, $0.value) } }
    }

    // MARK: Showing

    private func list(all: Bool, json: Bool) async throws {
        let cluster = try suite.reachableKafka()
        let topics = try await KafkaAdmin.topics(cluster).filter { all || !$0.key.hasPrefix("__") }
        let bounds = try await bounds(topics, cluster)
        let descriptions = topics.keys.sorted().map { Description($0, bounds[$0] ?? [], nil) }
        if json { return try show(descriptions) }
        guard !descriptions.isEmpty else { return terminal.line("no topics at \(cluster.brokers)") }
        terminal.table(
            ["topic", "partitions", "records", "next offset"],
            descriptions.map { topic in
                let next = topic.partitions.reduce(0) { $0 + $1.next }
                return [topic.name, "\(topic.partitions.count)", grouped(Int(topic.records)), grouped(Int(next))]
            })
    }

    private func describe(_ names: [String], json: Bool) async throws {
        let cluster = try suite.reachableKafka()
        let bounds = try await bounds(try await known(names, cluster), cluster)
        var descriptions: [Description] = []
        for name in names {
            let settings = try await KafkaAdmin.topicSettings(name, cluster)
            let description = Description(name, bounds[name] ?? [], settings)
            descriptions.append(description)
            if json { continue }
            terminal.line(terminal.paint(name, .bold) + "  \(grouped(Int(description.records))) records")
            terminal.table(
                ["partition", "first", "next", "records"],
                description.partitions.map {
                    [
                        "\($0.partition)", grouped(Int($0.first)), grouped(Int($0.next)),
                        grouped(Int($0.next - $0.first)),
                    ]
                })
            terminal.line()
            // Painted after the table has measured: its own first, as those somebody chose.
            let rows = settings.filter(\.isOwn) + settings.filter { !$0.isOwn }
            terminal.table(
                ["setting", "value", "set by"],
                rows.map {
                    [
                        $0.name, ($0.value ?? "(hidden)").printable,
                        $0.isOwn ? terminal.paint("topic", .green) : "broker",
                    ]
                })
            terminal.line()
        }
        if json { try show(descriptions) }
    }

    private func show(_ descriptions: [Description]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        terminal.line(String(decoding: try encoder.encode(descriptions), as: UTF8.self))
    }

    // MARK: Changing

    private func create(_ name: String, _ partitions: Int, _ settings: [(String, String)]) async throws {
        let cluster = try suite.reachableKafka()
        guard try await KafkaAdmin.topics(cluster)[name] == nil else {
            throw SuiteError("the topic \(name) is there already; rapport topics alter changes it")
        }
        let plan = TopicPlan(
            name: name, partitions: partitions, settings: Dictionary(settings) { _, last in last })
        try await KafkaAdmin.createTopics([plan], cluster)
        terminal.line("created \(name) with \(partitions) partition\(partitions == 1 ? "" : "s")")
    }

    private func alter(
        _ name: String, _ partitions: Int?, _ set: [(String, String)], _ unset: [String]
    ) async throws {
        let cluster = try suite.reachableKafka()
        let count = try await known([name], cluster)[name] ?? 0
        if let partitions, partitions <= count {
            throw SuiteError("\(name) has \(count) partitions: a topic can only get more of them")
        }
        if !set.isEmpty || !unset.isEmpty {
            // The request replaces all of the topic's own settings, so those there are go with it.
            let known = try await KafkaAdmin.topicSettings(name, cluster)
            var own: [String: String] = [:]
            for setting in known where setting.isOwn { own[setting.name] = setting.value }
            for key in unset where !known.contains(where: { $0.name == key }) {
                throw SuiteError("\(name) has no setting \(key)")
            }
            for key in unset { own[key] = nil }
            for (key, value) in set { own[key] = value }
            try await KafkaAdmin.setTopicSettings(own, of: name, cluster)
            for (key, value) in set { terminal.line("\(name): \(key)=\(value)") }
            for key in unset { terminal.line("\(name): \(key) as the broker has it") }
        }
        if let partitions {
            terminal.warn("keys move to other partitions: the order of events of one key is not kept across the change")
            try await KafkaAdmin.growTopic(name, to: partitions, cluster)
            terminal.line("\(name) has \(partitions) partitions")
        }
    }
}
