import EventLoop

/// What may be done with a topic, a group or the cluster, by the numbers that the protocol has for them.
struct Operations: OptionSet, Sendable {
    let rawValue: Int

    static let read = Operations(rawValue: 1 << 3)
    static let write = Operations(rawValue: 1 << 4)
    static let create = Operations(rawValue: 1 << 5)
    static let delete = Operations(rawValue: 1 << 6)
    static let alter = Operations(rawValue: 1 << 7)
    static let describe = Operations(rawValue: 1 << 8)
    static let clusterAction = Operations(rawValue: 1 << 9)
    static let describeConfigs = Operations(rawValue: 1 << 10)
    static let alterConfigs = Operations(rawValue: 1 << 11)
    static let idempotentWrite = Operations(rawValue: 1 << 12)

    static let ofTopics: Operations = [
        .read, .write, .create, .delete, .alter, .describe, .describeConfigs, .alterConfigs,
    ]
    static let ofGroups: Operations = [.read, .delete, .describe, .describeConfigs, .alterConfigs]
    static let ofCluster: Operations = [
        .create, .alter, .describe, .clusterAction, .describeConfigs, .alterConfigs, .idempotentWrite,
    ]

    /// Their names, as `kafka-acls` has them but for the case.
    private static let named: [Substring: Operations] = [
        "read": .read, "write": .write, "create": .create, "delete": .delete, "alter": .alter, "describe": .describe,
        "cluster-action": .clusterAction, "describe-configs": .describeConfigs, "alter-configs": .alterConfigs,
        "idempotent-write": .idempotentWrite,
        "all": ofTopics.union(ofCluster),
    ]

    /// Reads a list, `read,write`; nil where one is unknown.
    init?(_ text: Substring) {
        var all: Operations = []
        for word in text.split(separator: ",") {
            guard let one = Self.named[word] else { return nil }
            all.formUnion(one)
        }
        self = all
    }

    init(rawValue: Int) { self.rawValue = rawValue }

    /// With those that follow from these, as in Apache Kafka.
    var withImplied: Operations {
        var all = self
        if !isDisjoint(with: [.read, .write, .delete, .alter]) { all.insert(.describe) }
        if contains(.alterConfigs) { all.insert(.describeConfigs) }
        return all
    }
}

/// What one user may do: tables, made when the file of rights was read; asking is one look-up.
struct Rights: Sendable {
    private var topics: [String: Operations] = [:]
    private var groups: [String: Operations] = [:]
    private var everyTopic: Operations = []
    private var everyGroup: Operations = []
    private(set) var cluster: Operations = []
    /// Whether nobody is asked: the listener lets everybody do everything.
    let areAll: Bool

    /// Where nobody has to sign in, or where no rights are set.
    static let everything = Rights(areAll: true)
    /// Of whom the file of rights does not name.
    static let none = Rights(areAll: false)

    private init(areAll: Bool) {
        self.areAll = areAll
        guard areAll else { return }
        (everyTopic, everyGroup, cluster) = (.ofTopics, .ofGroups, .ofCluster)
    }

    /// What may be done with a topic.
    func operations(topic: String) -> Operations { topics[topic] ?? everyTopic }

    /// What may be done with a group.
    func operations(group: String) -> Operations { groups[group] ?? everyGroup }

    func may(_ operation: Operations, topic: String) -> Bool { operations(topic: topic).contains(operation) }
    func may(_ operation: Operations, group: String) -> Bool { operations(group: group).contains(operation) }

    /// The same as a client is told it that has asked to be, in all versions.
    func told(topic: String, _ isAsked: Bool) -> Value {
        isAsked ? .int(operations(topic: topic).rawValue) : Self.untold
    }
    func told(group: String, _ isAsked: Bool) -> Value {
        isAsked ? .int(operations(group: group).rawValue) : Self.untold
    }
    func toldOfCluster(_ isAsked: Bool) -> Value { isAsked ? .int(cluster.rawValue) : Self.untold }
    private static let untold = Value.int(Int(Int32.min))

    /// Whether there is a topic that may be written.
    var writesSome: Bool { everyTopic.contains(.write) || topics.values.contains { $0.contains(.write) } }

    /// Adds one; false for a kind that there is not.
    fileprivate mutating func grant(_ operations: Operations, kind: Substring, name: String) -> Bool {
        let operations = operations.withImplied
        switch (kind, name) {
        case ("topic", "*"): everyTopic.formUnion(operations.intersection(.ofTopics))
        case ("topic", _): topics[name, default: []].formUnion(operations.intersection(.ofTopics))
        case ("group", "*"): everyGroup.formUnion(operations.intersection(.ofGroups))
        case ("group", _): groups[name, default: []].formUnion(operations.intersection(.ofGroups))
        case ("cluster", _): cluster.formUnion(operations.intersection(.ofCluster))
        default: return false
        }
        return true
    }

    /// What goes for every topic or group goes for those that are named, too.
    fileprivate func spread() -> Rights {
        var all = self
        all.topics = topics.mapValues { $0.union(everyTopic) }
        all.groups = groups.mapValues { $0.union(everyGroup) }
        return all
    }
}

/// The rights of all users: a file of lines such as `contacts⇥read,write⇥topic⇥crm.contacts`, fields parted by tabs. `*` is every topic
/// or group; the cluster has no name. What begins with `#` is a comment.
struct RightsFile: Sendable {
    private(set) var users: [String: Rights] = [:]

    init(_ text: String) throws {
        for line in text.utf8.split(separator: 10) where line.first != UInt8(ascii: "#") {
            let words = line.split(separator: 9, omittingEmptySubsequences: false).map { Substring($0) }
            guard words.count >= 3, let operations = Operations(words[1]),
                users[String(words[0]), default: .none].grant(
                    operations, kind: words[2], name: words.count > 3 ? String(words[3]) : "")
            else { throw BrokerError("the file of rights cannot be read at: \(Substring(line))") }
        }
        users = users.mapValues { $0.spread() }
    }
}
