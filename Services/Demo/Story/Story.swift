import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Rapport

/// What the demo tells beside its orders: how a lead became money, how a late shipment became an answered ticket, and a small campaign with
/// its mails. Told again it is the same one.
@Loop
struct Story {
    /// The salesperson whose lead it is.
    private static let owner = "Mei Lin"
    private static let number = "STORY-1"
    private let desk: StoryDesk
    private let terminal: Terminal

    /// What happened, and where it is to be seen.
    private var told: [(what: String, addresses: [String])] = []

    init(_ desk: StoryDesk, _ terminal: Terminal) {
        self.desk = desk
        self.terminal = terminal
    }

    /// Plays it to its end.
    mutating func play() async throws {
        terminal.line("telling a story: a lead, a late shipment, a campaign")
        let account = try await leadToMoney()
        try await shipmentToAnswer()
        try await campaign(of: account)
    }

    /// Prints what happened, with the addresses to look at.
    func show() {
        for (what, addresses) in told {
            terminal.line(what)
            for address in addresses { terminal.line("  \(address)") }
        }
    }

    // MARK: From a lead to money received

    private struct Lead: Decodable { let accountId, opportunityId: String? }

    private mutating func leadToMoney() async throws -> String {
        try await desk.act(
            "sales", "/v1/quotas",
            """
            {"owner":"\(Self.owner)","periodStart":"\(desk.time(-30).prefix(10))","periodEnd":"\(desk.time(30).prefix(10))",\
            "currency":"EUR","target":"5000","basis":"payments"}
            """, by: .put)
        let lead = try await lead()
        if try await desk.ask("sales", "/v1/leads/\(lead)", as: Lead.self).opportunityId == nil {
            _ = try await desk.make("sales", "/v1/leads/\(lead)/convert", key: "convert")
        }
        let customer = try await desk.ask("sales", "/v1/leads/\(lead)", as: Lead.self)
        let account = customer.accountId?.lowercased() ?? ""
        let (quote, request) = try await deal(customer.opportunityId?.lowercased() ?? "")
        try await answer(request)
        try await desk.until("the order that was asked for") {
            struct Request: Decodable { let status: String }
            return try await desk.ask("sales", "/v1/order-requests/\(request)", as: Request.self).status == "ordered"
        }
        try await desk.until("the number of the ERP at the buyer") {
            struct Party: Decodable {
                struct Reference: Decodable { let reference: String }
                let references: [Reference]
            }
            return try await desk.ask("contacts", "/v1/parties/\(account)", as: Party.self).references.contains {
                $0.reference == Self.number
            }
        }
        let name = PercentText.encode(Self.owner)
        told.append(
            (
                "A lead became money: a quote of 2,400 euros, ordered by the ERP under a number that it made for the buyer, paid in two parts.",
                [
                    try desk.address("sales", "/v1/leads/\(lead)"), try desk.address("sales", "/v1/quotes/\(quote)"),
                    try desk.address("sales", "/v1/order-requests/\(request)"),
                    try desk.address("contacts", "/v1/parties/\(account)/timeline"),
                    try desk.address("sales", "/v1/quotas?owner=\(name)"),
                ]
            ))
        return account
    }

    /// The quote of an opportunity and the request for its order, which are made once.
    private func deal(_ opportunity: String) async throws -> (quote: String, request: String) {
        struct Quotes: Decodable {
            struct Item: Decodable {
                struct Request: Decodable { let id: String }
                let id: String
                let orderRequest: Request?
            }
            let items: [Item]
        }
        let path = "/v1/opportunities/\(opportunity)/quotes"
        let known = try await desk.ask("sales", path, as: Quotes.self).items.first
        if let known, let request = known.orderRequest { return (known.id.lowercased(), request.id.lowercased()) }
        let quote =
            if let known { known.id.lowercased() } else {
                try await desk.make(
                    "sales", path,
                    """
                    {"currency":"EUR","lines":[{"sku":"85123A","name":"Lantern","quantity":"200","unitPrice":"12.50",\
                    "discountPercent":"4"}]}
                    """, key: "quote")
            }
        return (quote, try await desk.make("sales", "/v1/quotes/\(quote)/accept", key: "accept"))
    }

    /// The lead, which is made once.
    private func lead() async throws -> String {
        struct Leads: Decodable {
            struct Item: Decodable { let id: String }
            let items: [Item]
        }
        let path = "/v1/leads?owner=\(PercentText.encode(Self.owner))"
        if let known = try await desk.ask("sales", path, as: Leads.self).items.first { return known.id.lowercased() }
        return try await desk.make(
            "sales", "/v1/leads",
            """
            {"name":"Clara Weiss","company":"Weiss Interiors GmbH","email":"clara@weiss.example","phone":"+49 30 901820",\
            "source":"fair","owner":"\(Self.owner)"}
            """, key: "lead")
    }

    /// The ERP makes a customer and the order, and is paid.
    private func answer(_ request: String) async throws {
        try await desk.tell(.erpCustomers, CustomerUpserted.versionedType, key: Self.number, id: "customer") {
            $0.add("customerNo", Self.number)
            $0.add("name", "Weiss Interiors GmbH")
            $0.add("kind", "enterprise")
            $0.add("email", "office@weiss.example")
            $0.add("country", "DE")
            $0.add("language", "de-DE")
            $0.add("marketingConsent", true)
            $0.add("correlationId", request)
        }
        try await desk.tell(.erpOrders, OrderPlaced.versionedType, key: Self.number, id: "order") {
            $0.add("orderId", Self.number)
            $0.add("customerNo", Self.number)
            $0.add("status", "placed")
            $0.add("placedAt", desk.time(0))
            $0.add("currency", "EUR")
            $0.add("lines", [Self.line])
            $0.add("total", Amount(units: 24_000_000))
            $0.add("correlationId", request)
        }
        for (part, units) in [(1, 10_000_000), (2, 14_000_000)] {
            try await desk.tell(
                .erpOrders, PaymentReceived.versionedType, key: Self.number, id: "payment-\(part)", after: Double(part)
            ) {
                $0.add("paymentId", "\(Self.number)-\(part)")
                $0.add("orderId", Self.number)
                $0.add("customerNo", Self.number)
                $0.add("receivedAt", desk.time(Double(part)))
                $0.add("currency", "EUR")
                $0.add("amount", Amount(units: units))
            }
        }
    }

    private static var line: ERPLine {
        var line = ERPLine()
        (line.sku, line.name) = ("85123A", "Lantern")
        (line.quantity, line.unitPrice) = (Amount(units: 2_000_000), Amount(units: 120_000))
        return line
    }

    // MARK: From a late shipment to an answer

    private mutating func shipmentToAnswer() async throws {
        let shipment = "V\(Self.number)"
        for (type, step, days) in [
            (ShipmentDispatched.versionedType, "dispatched", 1.0), (ShipmentDelayed.versionedType, "delayed", 3.0),
        ] {
            try await desk.tell(.shipments, type, key: Self.number, id: step, after: days) {
                $0.add("shipmentId", shipment)
                $0.add("orderId", Self.number)
                $0.add("customerNo", Self.number)
                $0.add("at", desk.time(days))
                $0.add("carrier", "DHL")
                $0.add("expectedAt", desk.time(days + 3))
                $0.add("reason", step == "delayed" ? "held at a depot" : nil)
            }
        }
        // A shipment that is late opens its ticket by itself, under an id that follows from it.
        let ticket = ExternalID.make("ticket", "\(ShopEvent.source)\n\(shipment):delayed").text
        struct Ticket: Decodable { let status: String }
        try await desk.until("the ticket of the late shipment") {
            !(try await desk.ask("tickets", "/v1/tickets/\(ticket)", as: Ticket.self).status.isEmpty)
        }
        if try await desk.ask("tickets", "/v1/tickets/\(ticket)", as: Ticket.self).status == "open" {
            try await desk.act(
                "tickets", "/v1/tickets/\(ticket)/replies",
                #"{"body":"Your parcel is on its way again and comes on Thursday.","author":"Jonas"}"#, key: "reply")
        }
        if try await desk.ask("tickets", "/v1/tickets/\(ticket)", as: Ticket.self).status != "resolved" {
            try await desk.act("tickets", "/v1/tickets/\(ticket)/resolve", key: "resolve")
        }
        told.append(
            (
                "A shipment was late: it opened a ticket by itself, which was answered and resolved.",
                [
                    try desk.address("tickets", "/v1/tickets/\(ticket)"),
                    try desk.address("tickets", "/v1/caller-card?mail=office@weiss.example"),
                ]
            ))
    }

    // MARK: A small campaign

    /// Three customers who say that they value whom they deal with are invited.
    private mutating func campaign(of account: String) async throws {
        var parties = [account]
        for (number, name) in [("STORY-2", "Tom Becker"), ("STORY-3", "王小明")] {
            try await desk.tell(.erpCustomers, CustomerUpserted.versionedType, key: number, id: "customer-\(number)") {
                $0.add("customerNo", number)
                $0.add("name", name)
                $0.add("email", "\(number.lowercased())@guests.example")
                $0.add("language", number == "STORY-3" ? "zh-CN" : "en-GB")
                $0.add("marketingConsent", true)
            }
            parties.append(ExternalID.party(customerNo: number).text)
        }
        for party in parties {
            let path = "/v1/parties/\(party)/benefit"
            try await desk.until("a guest in contacts") {
                let seen = try await desk.tag("contacts", path)
                try await desk.act("contacts", path, #"{"declared":"relationship"}"#, by: .put, seen: seen)
                return true
            }
        }
        let campaign = try await invitation()
        struct Reach: Decodable { let reachable: Int }
        try await desk.until("the guests in campaigns") {
            try await desk.ask("campaigns", "/v1/campaigns/\(campaign)/preview", as: Reach.self).reachable
                >= parties.count
        }
        struct Campaign: Decodable {
            let status: String
            let counts: [String: Int]
        }
        let path = "/v1/campaigns/\(campaign)"
        if try await desk.ask("campaigns", path, as: Campaign.self).status == "draft" {
            try await desk.act("campaigns", "\(path)/launch", key: "launch")
        }
        try await desk.until("the mails of the campaign") {
            try await desk.ask("campaigns", path, as: Campaign.self).counts["sent"] ?? 0 >= parties.count
        }
        told.append(
            (
                "A small campaign invited three customers by mail.",
                [
                    try desk.address("campaigns", path),
                    try desk.address("campaigns", "/v1/segments/values-relationship/members"),
                    try desk.address("notifications", "/v1/messages?recipient=\(account)"),
                ]
            ))
    }

    /// The campaign, which is made once.
    private func invitation() async throws -> String {
        struct Campaigns: Decodable {
            struct Item: Decodable { let id, name: String }
            let items: [Item]
        }
        let name = "An evening among friends"
        let known = try await desk.ask("campaigns", "/v1/campaigns?limit=200", as: Campaigns.self).items
        if let campaign = known.first(where: { $0.name == name }) { return campaign.id.lowercased() }
        return try await desk.make(
            "campaigns", "/v1/campaigns",
            """
            {"name":"\(name)","segment":"values-relationship","content":{\
            "en":{"subject":"An evening among friends","body":"We would be glad to see you on Friday at seven."},\
            "zh":{"subject":"朋友之夜","body":"周五晚上七点，期待您的光临。"}}}
            """, key: "campaign")
    }
}
