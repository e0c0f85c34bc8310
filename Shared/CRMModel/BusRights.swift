/// What a user of the bus may do with one topic, group or the cluster: a line of the table from which the Broker's rights and Apache
/// Kafka's are made.
public struct BusRight: Sendable, Hashable {
    /// What it is about.
    public enum Resource: Sendable, Hashable {
        /// A topic; `*` for every one.
        case topic(String)
        /// A consumer group; `*` for every one.
        case group(String)
        /// The cluster itself.
        case cluster
    }

    /// What may be done, as Apache Kafka names it.
    public enum Operation: String, Sendable, Hashable {
        case all = "All"
        case create = "Create"
        case describe = "Describe"
        case read = "Read"
        case write = "Write"
    }

    /// Whose right it is.
    public let user: String
    /// What may be done.
    public let operations: [Operation]
    /// With what.
    public let resource: Resource

    /// The line of the Broker's file of rights.
    public var line: String {
        let words = operations.map { $0.rawValue.lowercased() }.joined(separator: ",")
        return switch resource {
        case .topic(let name): "\(user)\t\(words)\ttopic\t\(name)"
        case .group(let name): "\(user)\t\(words)\tgroup\t\(name)"
        case .cluster: "\(user)\t\(words)\tcluster"
        }
    }

    /// The words for `kafka-acls --add` of Apache Kafka, what is allowed alike in one line.
    public static func acls(_ rights: [BusRight]) -> [String] {
        var lines: [(head: String, places: [String])] = []
        for right in rights {
            let words = right.operations.map { "--operation \($0.rawValue)" }.joined(separator: " ")
            let head = "--allow-principal 'User:\(right.user)' \(words)"
            let place =
                switch right.resource {
                case .topic(let name): "--topic '\(name)'"
                case .group(let name): "--group '\(name)'"
                case .cluster: "--cluster"
                }
            if let index = lines.firstIndex(where: { $0.head == head && $0.places[0].prefix(5) == place.prefix(5) }) {
                lines[index].places.append(place)
            } else {
                lines.append((head, [place]))
            }
        }
        return lines.map { ([$0.head] + $0.places).joined(separator: " ") }
    }
}

/// A service as a user of the bus: what it reads and writes of the suite's topics. A test holds it against what the service hears and
/// tells.
public struct BusUser: Sendable {
    /// The service, and its consumer group.
    public let name: String
    /// What it hears.
    public let reads: [Topic]
    /// What it tells, and so reads too: a service that lost its past finds there what it said.
    public let writes: [Topic]

    private init(_ name: String, reads: [Topic], writes: [Topic]) {
        self.name = name
        self.reads = reads
        self.writes = writes + [.subjectKeys, .sources]
    }

    /// The services.
    public static let services = [
        BusUser(
            "contacts",
            reads: [
                .erpCustomers, .erpProducts, .erpOrders, .shipments, .sales, .campaigns, .tickets, .notifications,
                .people,
            ],
            // An erasure ends what an ERP or a channel told of a person.
            writes: [.contacts, .partyClasses, .erpCustomers, .interactions]),
        BusUser("sales", reads: [.erpOrders, .erpRates, .contacts, .people], writes: [.sales, .orderRequests]),
        BusUser(
            "campaigns", reads: [.erpOrders, .erpProducts, .contacts, .notifications, .people],
            writes: [.campaigns, .notificationRequests]),
        BusUser(
            "tickets", reads: [.erpOrders, .shipments, .contacts, .people], writes: [.tickets, .notificationRequests]),
        BusUser("notifications", reads: [.contacts, .notificationRequests, .people], writes: [.notifications]),
        BusUser("console", reads: [], writes: [.people]),
    ]

    /// Whoever runs the suite: its commands work as this user.
    public static let `operator` = "operator"

    /// What readers outside of any group call themselves.
    public static let reader = "rapport-reader"

    /// What it may do.
    public var rights: [BusRight] {
        let written = Set(writes), read = Set(reads + writes)
        let topics = Topic.all.map { topic -> BusRight in
            // Each service makes the topics that are missing; who may make one may know that it is there.
            var operations: [BusRight.Operation] = [.create, .describe]
            if read.contains(topic) { operations.append(.read) }
            if written.contains(topic) { operations.append(.write) }
            return BusRight(user: name, operations: operations, resource: .topic(topic.name))
        }
        return topics + [
            BusRight(user: name, operations: [.read], resource: .group(name)),
            BusRight(user: name, operations: [.read], resource: .group(Self.reader)),
        ]
    }

    /// What the services and the operator may do.
    public static var rights: [BusRight] {
        services.flatMap(\.rights)
            + [.topic("*"), .group("*"), .cluster].map {
                BusRight(user: Self.operator, operations: [.all], resource: $0)
            }
    }

    /// What somebody outside may do who writes and reads some topics; to read he has a group of his own name.
    public static func outsider(_ name: String, writes: [String], reads: [String]) -> [BusRight] {
        let topics = Set(writes + reads).sorted().map { topic in
            BusRight(
                user: name,
                operations: (reads.contains(topic) ? [.read] : []) + (writes.contains(topic) ? [.write] : []),
                resource: .topic(topic))
        }
        return topics + (reads.isEmpty ? [] : [BusRight(user: name, operations: [.read], resource: .group(name))])
    }
}
