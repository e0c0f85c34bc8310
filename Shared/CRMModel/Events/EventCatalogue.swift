/// All types of events with their topics: what the description of topics is made from.
public struct EventContract: Sendable {
    private let data: any EventData.Type
    /// `contacts.party.created`.
    public let type: String
    /// `contacts.party.created.v1`.
    public let versionedType: String
    /// The version that is read.
    public let version: Int
    /// Where it is told.
    public let topic: Topic
    /// Where it is told besides, for others than the suite's services.
    public let second: Topic?
    /// The services that tell it; none for what comes from outside.
    public let senders: [String]

    private init(_ data: any EventData.Type, _ topic: Topic, and second: Topic? = nil, by senders: [String]? = nil) {
        self.second = second
        self.data = data
        type = data.type
        versionedType = data.versionedType
        version = data.version
        self.topic = topic
        // Types begin with the name of their owner.
        let owner = data.type.split(separator: ".").first.map(String.init) ?? ""
        self.senders = senders ?? (Topic.isOutside(topic.name) ? [] : [owner])
    }

    /// All topics on which it is told.
    public var topics: [Topic] { second.map { [topic, $0] } ?? [topic] }

    /// The shape of its data.
    public var shape: DataShape { data.shape }

    /// The contract of a type, without its version; nil for what is no event of the suite.
    public static func named(_ type: String) -> EventContract? { byType[type] }
    private static let byType = Dictionary(all.map { ($0.type, $0) }, uniquingKeysWith: { first, _ in first })

    /// Reads data as this type would; throws what is wrong with it.
    public func check(_ json: [UInt8]) throws(JSONError) {
        let data = data
        let outcome = json.withUnsafeBytes { bytes in
            Result { () throws(JSONError) in _ = try data.init(json: bytes) }
        }
        try outcome.get()
    }

    /// Throws where an event of this type is told in another version than the one that is read.
    public func check(version: Int) throws(JSONError) {
        guard version == self.version else {
            throw JSONError(field: "ce_type", message: "expected version \(self.version) of \(type), not \(version)")
        }
    }

    /// Throws where an event of this type is told on a topic of the suite that is not its own: some services read that one, and others do
    /// not.
    public func check(topic: String) throws(JSONError) {
        guard topic == self.topic.name || topic == second?.name || !Topic.names.contains(topic) else {
            throw JSONError(field: "ce_type", message: "expected \(type) on the topic \(self.topic.name)")
        }
    }

    /// The services.
    public static let services = ["contacts", "sales", "campaigns", "tickets", "notifications", "console"]

    /// All of them.
    public static let all: [EventContract] =
        outside + contacts + sales + campaigns + tickets + notifications + console

    private static let outside: [EventContract] =
        of(.erpCustomers, CustomerUpserted.self)
        + of(.erpProducts, ProductUpserted.self, ProductDiscontinued.self)
        + of(.erpRates, RatePublished.self)
        + of(
            .erpOrders, OrderPlaced.self, OrderChanged.self, OrderCancelled.self, OrderRefused.self,
            InvoiceIssued.self, PaymentReceived.self, CreditIssued.self)
        + of(
            .shipments, ShipmentDispatched.self, ShipmentDelayed.self, ShipmentDelivered.self, ShipmentReturned.self)
        + [
            EventContract(ChannelTold<InteractionKinds.Call>.self, .interactions, by: ["contacts"]),
            EventContract(ChannelTold<InteractionKinds.Message>.self, .interactions, by: ["contacts"]),
            EventContract(ChannelTold<InteractionKinds.Form>.self, .interactions, by: ["contacts"]),
            EventContract(ChannelTold<InteractionKinds.Review>.self, .interactions, by: ["contacts"]),
        ]

    private static let contacts: [EventContract] =
        of(
            .contacts, PartyCreated.self, PartyChanged.self, PartyMerged.self, PartyUnmerged.self, PartyErased.self,
            PartyRemoved.self, ConsentChanged.self, ValueChanged.self, StageChanged.self, BenefitChanged.self,
            ArchiveRequested.self)
        + of(.partyClasses, ClassesChanged.self)
        + [
            EventContract(SubjectKeyChanged.self, .subjectKeys, by: services),
            EventContract(SourceChanged.self, .sources, by: services),
        ]

    private static let sales: [EventContract] =
        of(
            .sales, LeadCreated.self, LeadChanged.self, LeadConverted.self, LeadReverted.self, OpportunityCreated.self,
            OpportunityChanged.self, OpportunityStageChanged.self, OpportunityWon.self, OpportunityLost.self,
            OpportunityWithdrawn.self, QuoteCreated.self, QuoteAccepted.self, QuoteReopened.self)
        + [EventContract(OrderRequested.self, .sales, and: .orderRequests)]
        + of(
            .sales, OrderConfirmed.self, RequestedOrderChanged.self, RequestedOrderCancelled.self,
            OrderRequestRefused.self, TaskRaised.self, TaskClosed.self, ActivityLogged.self,
            ErasureCompleted<ErasureOwners.Sales>.self, ArchiveDelivered<ErasureOwners.Sales>.self)

    private static let campaigns: [EventContract] = of(
        .campaigns, SegmentEntered.self, SegmentLeft.self, CampaignCreated.self, CampaignLaunched.self,
        CampaignCompleted.self, ErasureCompleted<ErasureOwners.Campaigns>.self,
        ArchiveDelivered<ErasureOwners.Campaigns>.self)

    private static let tickets: [EventContract] = of(
        .tickets, TicketOpened.self, TicketAssigned.self, TicketReplied.self, TicketBreached.self, TicketResolved.self,
        TicketReopened.self, TicketChanged.self, SurveyAnswered.self, ErasureCompleted<ErasureOwners.Tickets>.self,
        ArchiveDelivered<ErasureOwners.Tickets>.self)

    private static let notifications: [EventContract] =
        [EventContract(MessageRequested.self, .notificationRequests, by: ["campaigns", "tickets"])]
        + of(
            .notifications, MessageSent.self, MessageDelivered.self, MessageBounced.self, MessageFailed.self,
            MessageSuppressed.self, MessageOpened.self, MessageClicked.self, AddressSuppressed.self,
            ErasureCompleted<ErasureOwners.Notifications>.self, ArchiveDelivered<ErasureOwners.Notifications>.self)

    private static let console: [EventContract] = [
        EventContract(PersonChanged.self, .people, by: ["console"]),
        EventContract(TeamChanged.self, .people, by: ["console"]),
        EventContract(TerritoryChanged.self, .people, by: ["console"]),
        EventContract(AbsenceChanged.self, .people, by: ["console"]),
        EventContract(RoleChanged.self, .people, by: ["console"]),
        EventContract(SigningKeysChanged.self, .people, by: ["console"]),
    ]

    private static func of(_ topic: Topic, _ types: any EventData.Type...) -> [EventContract] {
        types.map { EventContract($0, topic) }
    }
}
