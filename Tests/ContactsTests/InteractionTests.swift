import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import ServiceTestKit
import Testing

@testable import Contacts

@Suite struct InteractionTests {
    private struct Page: Decodable {
        struct Item: Decodable { let kind, reference, title: String }
        let items: [Item]
    }

    private struct Shown: Decodable {
        let partyId: String?
        let reference: String
    }

    /// Takes touches in as the topic brings them.
    @Loop private func tell(
        _ service: TestService, _ kind: String, _ touches: [ChannelInteraction], of source: String = "/test"
    ) async throws {
        try await service.transaction { transaction in
            try await Interactions.record(
                touches.map { .init(kind: kind, told: $0, sender: $0.email ?? $0.phone ?? "-", source: source) },
                transaction)
        }
    }

    private func touch(
        _ id: String, email: String? = nil, phone: String? = nil, customerNo: String? = nil, text: String? = nil
    ) -> ChannelInteraction {
        var told = ChannelInteraction(interactionId: id, at: Date(timeIntervalSince1970: 1_700_000_000))
        (told.email, told.phone, told.customerNo, told.text) = (email, phone, customerNo, text)
        return told
    }

    @Loop private func timeline(_ service: TestService, _ id: UUID, _ query: String = "") async throws -> [String] {
        try await service.send(.get, "/v1/parties/\(id)/timeline\(query)").json(Page.self).items.map(\.reference)
    }

    @Test @Loop func touchesComeToWhoeverHasTheAddressTheNumberOrTheCustomerNumber() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let ann = try await service.make(
            "/v1/parties",
            #"{"name":"Ann","emails":[{"address":"Ann@x.example"},{"address":"a2@x.example"}],"phone":"+44 20 7946 0958"}"#
        )
        let bob = ExternalID.party(customerNo: "B7")
        try await service.transaction { transaction in
            try PartyHandlers.upsert(
                [
                    try JSONDecoder().decode(
                        CustomerUpserted.self, from: Data(#"{"customerNo":"B7","name":"Bob"}"#.utf8))
                ],
                transaction)
        }
        // The further address is known by the keys of duplicates.
        while try await DuplicateFinder(service.context).look() > 0 {}
        try await tell(
            service, "message.received",
            [
                touch("m1", email: "ann@X.example"), touch("m2", email: "a2@x.example"),
                touch("m3", phone: "020 7946 0958"), touch("m4", email: "who@x.example"),
                touch("m5", customerNo: "B7"), touch("m1", email: "b@x.example"),
            ])
        #expect(try await timeline(service, ann).sorted() == ["m1", "m2", "m3"])
        #expect(try await timeline(service, bob) == ["m5"])
        let told = try await service.column("SELECT reference FROM interaction WHERE party_id IS NULL")
        #expect(told == ["m4"])
        #expect(try await timeline(service, ann, "?kind=message") != [])
        #expect(try await timeline(service, ann, "?kind=call").isEmpty)
    }

    @Test @Loop func twoChannelsMayUseOneNumber() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let ann = try await service.make("/v1/parties", #"{"name":"Ann","email":"ann@x.example"}"#)
        func say(_ text: String, _ source: String) async throws {
            try await tell(service, "call.ended", [touch("7", email: "ann@x.example", text: text)], of: source)
        }
        func sources() async throws -> [String] {
            try await service.column("SELECT source || ' ' || (body->>'text') FROM interaction ORDER BY 1")
        }
        for _ in 0..<2 {
            try await say("one", "/pbx")
            try await say("two", "/softphone")
        }
        #expect(try await sources() == ["/pbx one", "/softphone two"])
        #expect(try await timeline(service, ann) == ["7", "7"])
        let shown = try await service.send(.get, "/v1/interactions/call.ended/7?source=/softphone")
        #expect(shown.status == 200 && shown.text.contains("two"), "\(shown.text)")
        // One from before sources were kept is the one that is told again, and no second one.
        _ = try await service.column("UPDATE interaction SET source = '' WHERE source = '/pbx' RETURNING 'x'")
        try await say("one", "/pbx")
        #expect(try await sources() == ["/pbx one", "/softphone two"])
    }

    @Test @Loop func whatIsNobodysGoesToWhoeverComesWithTheAddress() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        try await tell(
            service, "call.ended", [touch("c1", phone: "+86 138 0013 8000"), touch("c2", email: "w@x.example")])
        let wang = try await service.make("/v1/parties", #"{"name":"王小明","phone":"+8613800138000"}"#)
        #expect(try await timeline(service, wang).isEmpty)
        while try await DuplicateFinder(service.context).look() > 0 {}
        #expect(try await timeline(service, wang) == ["c1"])
        let changed = try await service.send(
            .patch, "/v1/parties/\(wang)", #"{"email":"w@x.example"}"#, headers: ["if-match": "\"1\""])
        #expect(changed.status == 200)
        while try await DuplicateFinder(service.context).look() > 0 {}
        #expect(try await timeline(service, wang).sorted() == ["c1", "c2"])
    }

    @Test @Loop func aChannelWithoutKafkaTellsOverHTTP() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let ann = try await service.make("/v1/parties", #"{"name":"Ann","email":"ann@x.example"}"#)
        let review = #"""
            {"kind":"review.posted","interactionId":"r-1","email":"ann@x.example","rating":2,"place":"shop","text":"太慢了",
            "at":"2026-01-02T03:04:05Z"}
            """#
        let answer = try await service.send(.post, "/v1/interactions", review)
        let shown = try answer.json(Shown.self)
        #expect(answer.status == 201 && shown.partyId == ann.uuidString.lowercased(), "\(answer.text)")
        #expect(try await service.send(.post, "/v1/interactions", review).status == 201)
        let page = try await service.send(.get, "/v1/parties/\(ann)/timeline").json(Page.self)
        #expect(page.items.map(\.title) == ["review, 2 of 5 on shop: 太慢了"])
        #expect(
            try await service.outbox().filter { $0.hasPrefix("channel") }
                == ["channel.review.posted.v1 ann@x.example -"])
        let whole = try await service.send(.get, "/v1/interactions/review.posted/r-1").text
        #expect(whole.contains(#""rating": 2"#) || whole.contains(#""rating":2"#), "\(whole)")
        #expect(try await service.send(.get, "/v1/interactions/call.ended/r-1").status == 404)
        let wrong = [
            (#"{"kind":"shoe"}"#, "kind"), (#"{}"#, "kind"), (#"{"kind":"call.ended","seconds":-1}"#, "seconds"),
            (#"{"kind":"call.ended","phone":"x"}"#, "phone"), (#"{"kind":"call.ended","at":7}"#, "at"),
            (#"{"kind":"review.posted","rating":9}"#, "rating"),
            (#"{"kind":"form.submitted","fields":{"a":"\u0000"}}"#, "fields.a"),
        ]
        for (json, field) in wrong {
            let answer = try await service.send(.post, "/v1/interactions", json)
            #expect(answer.status == 400 && answer.text.contains("\"field\":\"\(field)\""), "\(json) \(answer.text)")
        }
        #expect(try await service.faultsOfEvents() == [])
    }

    @Test @Loop func anErasureTakesTouchesAndWhatTheirSendersToldAway() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let ann = try await service.make("/v1/parties", #"{"name":"Ann","email":"ann@x.example"}"#)
        try await tell(service, "message.received", [touch("m1", email: "ann@x.example", text: "a secret word")])
        #expect(try await service.tables(with: "secret word") == ["interaction"])
        _ = try await service.make("/v1/parties/\(ann)/erasures", #"{"by":"x"}"#)
        #expect(try await service.tables(with: "secret word").isEmpty)
        let tombstones = try await service.column(
            "SELECT key FROM outbox WHERE topic = 'channel.interactions' AND payload IS NULL")
        #expect(tombstones == ["ann@x.example"])
        #expect(try await service.faultsOfEvents() == [])
    }
}
