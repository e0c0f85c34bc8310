/// A topic of the suite: the one table from which topics are made, checked and documented.
public struct Topic: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// What the key of its messages is.
    public let key: String
    /// Who writes it.
    public let owner: String
    /// After how long of each key only the newest message is kept, in hours, so that what it replaces is gone for good; nil where all
    /// is kept.
    public let compactedAfter: Int?
    /// Whether a message is the whole state of its key, so that nobody needs the one before it.
    public let isState: Bool

    /// Describes a topic; those of the suite are below.
    public init(name: String, key: String, owner: String, compactedAfter: Int? = nil, isState: Bool = true) {
        self.name = name
        self.key = key
        self.owner = owner
        self.compactedAfter = compactedAfter
        self.isState = isState
    }

    /// Whether of each key only the newest message is kept in the end.
    public var isCompacted: Bool { compactedAfter != nil }

    /// The settings that it is made with: kept for ever; where it is compacted, what was replaced is kept for its time and is gone after
    /// twice that, where files are closed late.
    public var settings: [String: String] {
        guard let compactedAfter else { return ["retention.ms": "-1"] }
        let lag = String(compactedAfter * 3_600_000)
        return [
            "cleanup.policy": "compact", "retention.ms": "-1", "max.compaction.lag.ms": lag, "segment.ms": lag,
            "min.compaction.lag.ms": isState ? "0" : lag, "min.cleanable.dirty.ratio": "0.1",
        ]
    }

    /// Whether others than our own services write it.
    public static func isOutside(_ name: String) -> Bool {
        name.hasPrefix("erp.") || name.hasPrefix("logistics.") || name.hasPrefix("channel.")
    }

    /// ERP customer master: each record is whole, so the newest is enough, and an erasure can take it away.
    public static let erpCustomers = Topic(
        name: "erp.customers", key: "customer number", owner: "ERP", compactedAfter: 24)
    /// ERP product master.
    public static let erpProducts = Topic(name: "erp.products", key: "SKU", owner: "ERP")
    /// The ERP's rates of exchange.
    public static let erpRates = Topic(name: "erp.rates", key: "the two currencies, as `EUR/USD`", owner: "ERP")
    /// ERP orders, invoices, payments and credits.
    public static let erpOrders = Topic(name: "erp.orders", key: "customer number", owner: "ERP")
    /// Shipments.
    public static let shipments = Topic(name: "logistics.shipments", key: "customer number", owner: "logistics")
    /// Calls, messages, forms and reviews. Each is a fact of its own, but they tell of persons: of each sender the newest stays for good, the
    /// others for a week, in which every reader has seen them, and an erasure takes all away.
    public static let interactions = Topic(
        name: "channel.interactions", key: "sender address", owner: "channels", compactedAfter: 168, isState: false)
    /// Parties, consent, stages and values.
    public static let contacts = Topic(name: "crm.contacts", key: "party id", owner: "contacts")
    /// The classes of customers: of each the newest is enough.
    public static let partyClasses = Topic(
        name: "crm.party-classes", key: "party id", owner: "contacts", compactedAfter: 24)
    /// Leads, opportunities, quotes, order requests.
    public static let sales = Topic(name: "crm.sales", key: "aggregate id", owner: "sales")
    /// What the ERP is asked for, each request whole with its buyer. An erasure takes persons away, and so does the ERP's answer.
    public static let orderRequests = Topic(
        name: "crm.order-requests", key: "request id", owner: "sales", compactedAfter: 24)
    /// Segments, campaigns, responses, points.
    public static let campaigns = Topic(name: "crm.campaigns", key: "aggregate id", owner: "campaigns")
    /// Tickets and surveys.
    public static let tickets = Topic(name: "crm.tickets", key: "ticket id", owner: "tickets")
    /// Who is of the firm, and the keys that their tokens are signed with: of each the newest is enough.
    public static let people = Topic(
        name: "crm.people", key: "person, team, territory, absence or role id", owner: "console", compactedAfter: 24)
    /// Messages that a service asks to be sent.
    public static let notificationRequests = Topic(
        name: "crm.notification-requests", key: "recipient id", owner: "any service")
    /// What became of them.
    public static let notifications = Topic(name: "crm.notifications", key: "message id", owner: "notifications")

    /// Keys under which events of persons are sealed.
    public static let subjectKeys = Topic(
        name: "crm.subject-keys", key: "owner and aggregate id", owner: "any service", compactedAfter: 1)

    /// The lives of the services: each message tells all those of one.
    public static let sources = Topic(
        name: "crm.sources", key: "service, as `/sales`", owner: "any service", compactedAfter: 24)

    /// All of them.
    public static let all = [
        erpCustomers, erpProducts, erpRates, erpOrders, shipments, interactions, contacts, partyClasses, sales,
        orderRequests, campaigns, tickets, people,
        notificationRequests, notifications, subjectKeys, sources,
    ]
    /// Their names.
    public static let names = Set(all.map(\.name))
    /// How many partitions each has; keys must not move, so it is fixed when the topic is made.
    public static let partitions = 12
}
