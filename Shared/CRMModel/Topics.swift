/// A topic of the suite: the one table from which topics are made, checked and documented.
public struct Topic: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// What the key of its messages is.
    public let key: String
    /// Who writes it.
    public let owner: String

    /// Describes a topic; those of the suite are below.
    public init(name: String, key: String, owner: String) {
        self.name = name
        self.key = key
        self.owner = owner
    }

    /// Whether others than our own services write it.
    public static func isOutside(_ name: String) -> Bool {
        name.hasPrefix("erp.") || name.hasPrefix("logistics.") || name.hasPrefix("channel.")
    }

    /// ERP customer master.
    public static let erpCustomers = Topic(name: "erp.customers", key: "customer number", owner: "ERP")
    /// ERP product master.
    public static let erpProducts = Topic(name: "erp.products", key: "SKU", owner: "ERP")
    /// ERP orders, invoices, payments and credits.
    public static let erpOrders = Topic(name: "erp.orders", key: "customer number", owner: "ERP")
    /// Shipments.
    public static let shipments = Topic(name: "logistics.shipments", key: "customer number", owner: "logistics")
    /// Calls, messages, forms and reviews.
    public static let interactions = Topic(name: "channel.interactions", key: "sender address", owner: "channels")
    /// Parties, consent, stages and values.
    public static let contacts = Topic(name: "crm.contacts", key: "party id", owner: "contacts")
    /// Leads, opportunities, quotes, order requests.
    public static let sales = Topic(name: "crm.sales", key: "aggregate id", owner: "sales")
    /// Segments, campaigns, responses, points.
    public static let campaigns = Topic(name: "crm.campaigns", key: "aggregate id", owner: "campaigns")
    /// Tickets and surveys.
    public static let tickets = Topic(name: "crm.tickets", key: "ticket id", owner: "tickets")
    /// Messages that a service asks to be sent.
    public static let notificationRequests = Topic(
        name: "crm.notification-requests", key: "recipient id", owner: "any service")
    /// What became of them.
    public static let notifications = Topic(name: "crm.notifications", key: "message id", owner: "notifications")

    /// All of them.
    public static let all = [
        erpCustomers, erpProducts, erpOrders, shipments, interactions, contacts, sales, campaigns, tickets,
        notificationRequests, notifications,
    ]
    /// How many partitions each has; keys must not move, so it is fixed when the topic is made.
    public static let partitions = 12
}
