import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Contacts

/// Numbers of ERPs that become a party's.
@Loop
private final class Office {
    let service: TestService
    private let worker: CustomerLinkWorker

    init() async throws {
        service = try await TestService(ContactsService.self)
        worker = CustomerLinkWorker(service.context)
    }

    func settle() async throws { while try await worker.step() {} }

    /// The buyer, as sales makes one of a lead: under an id that others know before him.
    func buyer(_ id: UUID, name: String = "Lindner", email: String = "l@own.example") async throws {
        var lead = LeadState(leadId: UUID.v7(), status: "converted", name: name, email: email, partyId: id)
        lead.phone = "+4930111111"
        let conversion = LeadConversion(
            opportunityId: UUID.v7(), accountId: id, contactId: nil, isNewAccount: true, isNewContact: false)
        try await service.apply([LeadConverted(lead: lead, conversion: conversion)], key: lead.leadId.text)
    }

    func customer(_ json: String, key: String) async throws {
        try await service.hear([("erp.customer.upserted.v1", json)], on: .erpCustomers, key: key)
    }

    func order(_ id: String, _ customer: String, total: String, source: String, system: String? = nil) async throws {
        let circle = system.map { #","customerSystem":"\#($0)""# } ?? ""
        try await service.hear(
            [
                (
                    "erp.order.placed.v1",
                    #"""
                    {"orderId":"\#(id)","customerNo":"\#(customer)"\#(circle),"placedAt":"2026-01-05T08:00:00Z",
                    "currency":"EUR","lines":[],"total":"\#(total)"}
                    """#
                )
            ], on: .erpOrders, key: customer, source: source)
    }

    func asked(_ request: UUID, _ party: UUID) async throws {
        try await service.apply(
            [
                OrderRequested(
                    requestId: request, quoteId: UUID.v7(), partyId: party, customerNo: nil, currency: "EUR", lines: [],
                    total: .zero)
            ], key: request.text)
    }

    func confirmed(_ request: UUID, _ party: UUID, _ customer: String, system: String? = nil) async throws {
        let circle = system.map { #","customerSystem":"\#($0)""# } ?? ""
        try await service.hear(
            [
                (
                    "sales.order.confirmed.v1",
                    #"""
                    {"requestId":"\#(request.text)","quoteId":"\#(UUID.v7().text)","partyId":"\#(party.text)","orderId":"4711",
                    "customerNo":"\#(customer)"\#(circle)}
                    """#
                )
            ], on: .sales, key: request.text)
    }

    /// All that tells whether it ended alike: who stands for himself with what is shown of him, his sums and his names.
    func picture() async throws -> [String] {
        try await service.column(
            """
            SELECT concat_ws(' | ', p.name, p.kind, p.email, p.phone, p.language, p.details->>'emails', p.details->>'phones',
                p.details->>'taxId', (SELECT string_agg(concat_ws(' ', v.currency, v.orders, v.revenue), ',') FROM party_value v
                    WHERE v.party_id = p.id AND v.orders > 0),
                (SELECT string_agg(r.system || ':' || r.reference, ',' ORDER BY r.system, r.reference) FROM party_reference r
                    WHERE r.party_id = p.id AND r.origin_id IS NULL),
                (SELECT count(*) FROM party m WHERE m.merged_into = p.id), s.stage)
            FROM party p LEFT JOIN party_stage s ON s.party_id = p.id WHERE p.merged_into IS NULL ORDER BY 1
            """)
    }
}

@Suite struct CustomerLinkTests {
    /// Two ERPs, which use the same numbers of customers and orders, tell of one buyer; and one of them of a stranger with the same number.
    @Test(.timeLimit(.minutes(3))) @Loop func whateverComesFirstAllEndsAlike() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let (party, request) = (UUID.v7(), UUID.v7())
        let first =
            #"{"customerNo":"C-9","name":"Lindner GmbH","kind":"enterprise","email":"a@erp.example","correlationId":"\#(request.text)"}"#
        let second =
            #"{"customerNo":"C-9","name":"Lindner GmbH & Co","email":"b@erp.example","language":"de","taxId":"DE1","correlationId":"\#(request.text)"}"#
        // Within one group the order is kept, as the topics keep it by key.
        let groups: [[@Loop (Office) async throws -> Void]] = [
            [{ try await $0.buyer(party) }],
            [{ try await $0.customer(first, key: "C-9") }, { try await $0.customer(second, key: "C-9") }],
            [{ try await $0.asked(request, party) }, { try await $0.confirmed(request, party, "C-9") }],
            [{ try await $0.order("4711", "C-9", total: "10", source: "/erp") }],
            [{ try await $0.order("4711", "C-9", total: "5", source: "/shop", system: "shop") }],
            [
                {
                    try await $0.customer(
                        #"{"customerNo":"C-9","customerSystem":"shop","name":"Lindner","partyId":"\#(party.text)"}"#,
                        key: "shop C-9")
                }
            ],
            [{ try await $0.order("4712", "C-9", total: "7", source: "/branch", system: "branch") }],
        ]
        var wanted: [String]?
        for round in 0..<(16) {
            let office = try await Office()
            defer { office.service.close() }
            var left = groups
            var order: [Int] = []
            while !left.allSatisfy(\.isEmpty) {
                let open = left.indices.filter { !left[$0].isEmpty }
                let group = open.randomElement(using: &random) ?? open[0]
                order.append(group)
                try await left[group].removeFirst()(office)
                if Bool.random(using: &random) { try await office.settle() }
            }
            try await office.settle()
            let picture = try await office.picture()
            wanted = wanted ?? picture
            #expect(picture == wanted, "seed \(seed), round \(round), order \(order)")
            #expect(picture.count == 2, "\(picture)")
            #expect(try await office.service.faultsOfEvents() == [])
        }
        let text = wanted?.joined(separator: "\n") ?? ""
        // What people wrote stays behind what the ERP says, and the stranger's order is the stranger's.
        #expect(text.contains("EUR 2 150000") && text.contains("EUR 1 70000"), "\(text)")
        #expect(
            text.contains("b@erp.example") && text.contains("l@own.example") && !text.contains("a@erp.example"),
            "\(text)")
        #expect(text.contains("erp:C-9,shop:C-9") && text.contains("branch:C-9"), "\(text)")
    }

    @Test @Loop func whatIsToldOfThePartyHasItsNumberAndATieIsTakenBack() async throws {
        let office = try await Office()
        defer { office.service.close() }
        let (party, request) = (UUID.v7(), UUID.v7())
        try await office.buyer(party)
        try await office.customer(#"{"customerNo":"C-9","name":"Lindner GmbH","taxId":"DE1"}"#, key: "C-9")
        try await office.order("1", "C-9", total: "10", source: "/erp")
        try await office.confirmed(request, party, "C-9")
        try await office.settle()
        func told(_ id: UUID) async throws -> PartyState {
            let payload = try await office.service.column(
                """
                SELECT payload FROM outbox WHERE key = '\(id.text)' AND type LIKE 'contacts.party.c%' ORDER BY id DESC LIMIT 1
                """)[0]
            return try ModelJSON.decoder.decode(PartyState.self, from: Data(payload.utf8))
        }
        let own = ExternalID.party(customerNo: "C-9")
        let tied = try await told(party)
        #expect(tied.customerNo == "C-9" && tied.taxId == "DE1" && tied.name == "Lindner GmbH")
        #expect(try await told(own).customerNo == nil)
        let merge = try await office.service.column("SELECT id::text FROM party_merge")[0]
        #expect(try await office.service.send(.post, "/v1/merges/\(merge)/undo", "{}").status == 200)
        let free = try await told(party)
        #expect(free.customerNo == nil && free.name == "Lindner" && free.taxId == nil)
        #expect(try await told(own).customerNo == "C-9")
        #expect(
            try await office.service.column("SELECT party_id::text FROM party_value WHERE orders > 0") == [own.text])
        // The person knows better than the ERP.
        try await office.customer(
            #"{"customerNo":"C-9","name":"Lindner GmbH","partyId":"\#(party.text)"}"#, key: "C-9")
        try await office.settle()
        #expect(
            try await office.service.column("SELECT state FROM customer_claim ORDER BY state") == ["apart", "tied"])
        #expect(try await office.service.column("SELECT id::text FROM party WHERE merged_into IS NOT NULL") == [])
        #expect(try await office.service.faultsOfEvents() == [])
    }

    @Test @Loop func aNumberOfTwoBuyersIsGivenToAPerson() async throws {
        let office = try await Office()
        defer { office.service.close() }
        let (ann, bea) = (UUID.v7(), UUID.v7())
        try await office.buyer(ann, name: "Ann", email: "ann@a.example")
        try await office.buyer(bea, name: "Bea", email: "bea@b.example")
        try await office.confirmed(UUID.v7(), ann, "C-9")
        try await office.settle()
        try await office.confirmed(UUID.v7(), bea, "C-9")
        try await office.settle()
        #expect(
            try await office.service.column(
                "SELECT status || ' ' || reasons[1] FROM duplicate_pair WHERE status = 'open'")
                == ["open erp C-9"])
        #expect(try await office.service.column("SELECT count(*)::text FROM party WHERE merged_into IS NULL") == ["2"])
    }

    /// A buyer who was merged into another meanwhile: the number is his, and counts for the other as long as that stands.
    @Test @Loop func aTieFollowsTheBuyersMerge() async throws {
        let office = try await Office()
        defer { office.service.close() }
        let (ann, bea) = (UUID.v7(), UUID.v7())
        try await office.buyer(ann, name: "Ann", email: "ann@a.example")
        try await office.buyer(bea, name: "Bea", email: "bea@b.example")
        let seen = try await office.service.seen("/v1/parties/\(bea.text)")
        let merge = try await office.service.make(
            "/v1/parties/\(bea.text)/merges", #"{"mergedId":"\#(ann.text)"}"#, headers: seen)
        try await office.order("1", "C-9", total: "10", source: "/erp")
        try await office.confirmed(UUID.v7(), ann, "C-9")
        try await office.settle()
        let whose = "SELECT party_id::text FROM party_value WHERE orders > 0"
        #expect(try await office.service.column(whose) == [bea.text])
        #expect(try await office.service.send(.post, "/v1/merges/\(merge.text)/undo", "{}").status == 200)
        #expect(try await office.service.column(whose) == [ann.text])
        #expect(
            try await office.service.column("SELECT party_id::text FROM party_reference WHERE reference = 'C-9'")
                == [ann.text])
    }
}
