import EventLoop

/// What topics there are, and the few other facts that must outlive the process; kept in one small text file.
@Loop
final class Catalogue {
    private(set) var topics: [String: Topic] = [:]
    private(set) var byID: [TopicID: Topic] = [:]
    private(set) var clusterID = TopicID.random().base64
    let store: LogStore
    private let segmentBytes: Int

    private let path: String
    private let topicsFolder: String
    private var version = 1
    private var savedVersion = 0
    private var isSaving = false
    private let saved = Notice()
    private var nextProducerID = 0
    private var reservedProducerIDs = 0
    private var durableProducerIDs = 0

    /// Reads what the data folder holds; `open` must be called before use.
    init(folder: String, store: LogStore, segmentBytes: Int) {
        self.segmentBytes = segmentBytes
        path = "\(folder)/catalogue"
        topicsFolder = "\(folder)/topics"
        self.store = store
    }

    /// Partitions of all topics.
    private(set) var partitionCount = 0
    /// Topics by names in which points are underscores: Kafka allows one of each, as figures' names would be the same.
    private(set) var plainNames: [String: String] = [:]

    /// A name as it is compared with others.
    static func plain(_ name: String) -> String { name.replacing(".", with: "_") }

    // MARK: Changing

    /// Makes a topic; it is durable once `settle` returns.
    func create(_ name: String, partitions: Int, configs: [String: String]) -> Topic {
        if let topic = topics[name] { return topic }
        var id = TopicID.random()
        while access(folder(name, id), F_OK) == 0 { id = TopicID.random() }
        let topic = Topic(
            name: name, id: id, folder: folder(name, id), configs: configs, segmentBytes: segmentBytes)
        add(topic)
        extend(topic, to: partitions)
        return topic
    }

    /// Adds partitions to a topic; durable once `settle` returns.
    func extend(_ topic: Topic, to count: Int) {
        for index in topic.partitions.count..<max(count, topic.partitions.count) {
            let folder = "\(topic.folder)/\(index)"
            topic.partitions.append(
                PartitionLog(
                    topic: topic.name, partition: index, folder: folder, store: store, rules: topic.rules))
            partitionCount += 1
        }
        version += 1
    }

    /// Removes a topic with its files; durable when it returns.
    func delete(_ topic: Topic) async throws {
        forget(topic)
        version += 1
        let folder = topic.folder
        do {
            try await settle()
        } catch {
            guard (error as? DiskError)?.isFull == true else { throw error }
            // The room that is missing is what the topic takes.
            try await Loop.offload { try Disk.remove(folder) }
            return try await settle()
        }
        try await Loop.offload { try Disk.remove(folder) }
    }

    private func forget(_ topic: Topic) {
        guard byID.removeValue(forKey: topic.id) != nil else { return }
        topics[topic.name] = nil
        plainNames[Self.plain(topic.name)] = nil
        partitionCount -= topic.partitions.count
        for partition in topic.partitions { partition.close() }
    }

    /// Notes that something changed that must be kept.
    func touch() { version += 1 }

    /// A number that no producer had before.
    func takeProducerID() async throws -> Int {
        while nextProducerID >= durableProducerIDs {
            if reservedProducerIDs <= durableProducerIDs {
                reservedProducerIDs += 1000
                version += 1
            }
            let reserved = reservedProducerIDs
            try await settle()
            durableProducerIDs = max(durableProducerIDs, reserved)
        }
        defer { nextProducerID += 1 }
        return nextProducerID
    }

    /// Waits until all changes so far are durable; throws the disk's refusal, and then topics that the disk does not
    /// know of are gone again.
    func settle() async throws {
        let wanted = version
        while savedVersion < wanted {
            if isSaving {
                try await saved.wait(until: { !isSaving })
                continue
            }
            isSaving = true
            let (text, current, path, listed) = (text, version, path, topics.values)
            let result: Result<Void, any Error>
            do {
                try await Loop.offload { try Disk.replace(path, with: Array(text.utf8)) }
                savedVersion = current
                for topic in listed { topic.isKept = true }
                result = .success(())
            } catch {
                for topic in topics.values where !topic.isKept { forget(topic) }
                result = .failure(error)
            }
            isSaving = false
            saved.notify()
            try result.get()
        }
    }

    // MARK: Keeping

    private func folder(_ name: String, _ id: TopicID) -> String { "\(topicsFolder)/\(name).\(id.hex.prefix(4))" }

    private func add(_ topic: Topic) {
        topics[topic.name] = topic
        plainNames[Self.plain(topic.name)] = topic.name
        partitionCount += topic.partitions.count
        byID[topic.id] = topic
    }

    private var text: String {
        var lines = ["rapport-broker 2", "cluster \(clusterID)", "producers \(reservedProducerIDs)"]
        for topic in topics.values.sorted(by: { $0.name < $1.name }) {
            lines.append("topic \(topic.name) \(topic.id.hex) \(topic.partitions.count)")
            for (key, value) in topic.configs.sorted(by: { $0.key < $1.key }) {
                lines.append("config \(key) \(value)")
            }
            for partition in topic.partitions where partition.startOffset > 0 {
                lines.append("start \(partition.partition) \(partition.startOffset)")
            }
            for partition in topic.partitions where partition.cleanedTo > 0 {
                let horizon = partition.nextHorizon ?? .max
                lines.append("cleaned \(partition.partition) \(partition.cleanedTo) \(horizon)")
            }
        }
        let text = lines.joined(separator: "\n") + "\n"
        return text + CatalogueFile.check(text) + "\n"
    }

    /// Reads the file, opens every partition, and removes folders of topics that are no more.
    func open(afterPowerLoss: Bool) async throws {
        let path = path
        let topicsFolder = topicsFolder
        let (bytes, folders) = try await Loop.offload {
            (try Disk.contents(of: path), try Disk.names(in: topicsFolder))
        }
        // What is not listed goes: without the list that would be all.
        guard bytes != nil || folders.isEmpty else {
            throw BrokerError("\(path) is missing; put back a copy, or remove \(topicsFolder) to give up all records")
        }
        let listed = try bytes.map { try CatalogueFile(checked: $0, path) } ?? CatalogueFile()
        if let id = listed.clusterID { clusterID = id }
        reservedProducerIDs = listed.producerIDs
        durableProducerIDs = listed.producerIDs
        nextProducerID = listed.producerIDs
        let opening = listed.topics.map { listed in
            Task.immediate { @Loop in try await open(listed, afterPowerLoss) }
        }
        for task in opening { add(try await task.value) }
        if bytes == nil { try await settle() } else { savedVersion = version }
        try await removeOrphans()
    }

    private func open(_ listed: CatalogueFile.Topic, _ afterPowerLoss: Bool) async throws -> Topic {
        let topic = Topic(
            name: listed.name, id: listed.id, folder: folder(listed.name, listed.id), configs: listed.configs,
            segmentBytes: segmentBytes)
        topic.isKept = true
        let folders = (0..<listed.partitions).map { "\(topic.folder)/\($0)" }
        let now = Node.time
        let found = try await Loop.offload {
            folders.map { FoundLog.recover($0, now: now, afterPowerLoss: afterPowerLoss) }
        }
        for (index, found) in found.enumerated() {
            if found.cutBytes > 0 {
                store.report("\(listed.name)-\(index): cut \(found.cutBytes) bytes of an unfinished write")
            }
            if let damage = found.damage { store.report("\(listed.name)-\(index) is offline: \(damage)") }
            let log = PartitionLog(
                topic: topic.name, partition: index, folder: folders[index], store: store, rules: topic.rules,
                found: found, startOffset: listed.starts[index] ?? 0)
            if let cleaned = listed.cleaned[index] { (log.cleanedTo, log.nextHorizon) = cleaned }
            topic.partitions.append(log)
        }
        return topic
    }

    private func removeOrphans() async throws {
        let (topicsFolder, known) = (topicsFolder, Set(topics.values.map(\.folder)))
        try await Loop.offload {
            for name in try Disk.names(in: topicsFolder) where !known.contains("\(topicsFolder)/\(name)") {
                try Disk.remove("\(topicsFolder)/\(name)")
            }
        }
    }
}

/// The catalogue's text, taken apart.
private struct CatalogueFile {
    struct Topic: Sendable {
        let name: String
        let id: TopicID
        let partitions: Int
        var configs: [String: String] = [:]
        var starts: [Int: Int] = [:]
        var cleaned: [Int: (to: Int, horizon: Int?)] = [:]
    }

    var clusterID: String?
    var producerIDs = 0
    var topics: [Topic] = []

    init() {}

    /// The last line, which tells whether the lines before are as they were written.
    static func check(_ text: String) -> String {
        var text = text
        return "check \(text.withUTF8 { Checksum.crc32c(UnsafeRawBufferPointer($0)) })"
    }

    /// Reads the file if it is as it was written.
    init(checked bytes: [UInt8], _ path: String) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        let end = text.dropLast().lastIndex(of: "\n").map { text.index(after: $0) } ?? text.startIndex
        let lines = String(text[..<end])
        guard text[end...] == Self.check(lines) + "\n" else {
            throw BrokerError("\(path) is damaged; put back a copy of the file and start again")
        }
        try self.init(lines)
    }

    init(_ text: String) throws {
        for line in text.split(separator: "\n") {
            let damage = BrokerError("the catalogue cannot be read at: \(line)")
            let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
            switch (words.first, words.count) {
            case ("rapport-broker", 2) where words[1] == "2": break
            case ("cluster", 2): clusterID = String(words[1])
            case ("producers", 2):
                guard let count = Int(words[1]) else { throw damage }
                producerIDs = count
            case ("topic", 4):
                guard let id = TopicID(hex: words[2]), let count = Int(words[3]), count >= 0 else { throw damage }
                topics.append(Topic(name: String(words[1]), id: id, partitions: count))
            case ("config", 3...) where !topics.isEmpty:
                topics[topics.count - 1].configs[String(words[1])] = words[2...].joined(separator: " ")
            case ("start", 3) where !topics.isEmpty:
                guard let index = Int(words[1]), let offset = Int(words[2]) else { throw damage }
                topics[topics.count - 1].starts[index] = offset
            case ("cleaned", 4) where !topics.isEmpty:
                guard let index = Int(words[1]), let offset = Int(words[2]) else { throw damage }
                topics[topics.count - 1].cleaned[index] = (offset, Int(words[3]))
            default: throw damage
            }
        }
    }
}
