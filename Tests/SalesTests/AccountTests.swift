import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import ServiceTestKit
import Testing

@testable import Sales

@Suite struct AccountTests {
    private let ann = PartyState(
        partyId: ExternalID.party(customerNo: "1"), kind: "consumer", name: "Ann Quill", email: "ann@a.example",
        customerNo: "1")

    @Test @Loop func anAccountHasAnOwnerUntilNullTakesHimAway() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        try await service.transaction { try await AccountHandlers.apply([.party(ann)], $0) }
        let path = "/v1/accounts/\(ann.partyId)"
        let owned = try await service.send(.patch, path, #"{"owner":" eve "}"#, headers: ["if-match": "\"1\""])
        #expect(owned.status == 200 && owned.headers["etag"] == "\"2\"", "\(owned)")
        for part in [#""owner" : "eve""#, #""name" : "Ann Quill""#, #""customerNo" : "1""#, #""revenue" : []"#] {
            #expect(owned.text.contains(part), "\(part) in \(owned.text)")
        }
        let same = try await service.send(.patch, path, #"{"owner":"eve"}"#, headers: ["if-match": "\"2\""])
        #expect(same.text == owned.text && same.headers["etag"] == "\"2\"")
        let stale = try await service.send(.patch, path, #"{"owner":"bob"}"#, headers: ["if-match": "\"1\""])
        #expect(stale.status == 412 && stale.headers["etag"] == "\"2\"")
        #expect(
            stale.text.contains(#""yours":{"owner":"bob"}"#) && stale.text.contains(#""current":{"id""#),
            "\(stale.text)")
        let alone = try await service.send(.patch, path, #"{"owner":null}"#, headers: ["if-match": "\"2\""])
        #expect(alone.status == 200 && alone.headers["etag"] == "\"3\"" && alone.text.contains(#""owner" : null"#))
        #expect(try await service.send(.get, path).text == alone.text)
    }

    @Test @Loop func whoseItIsIsAllThatSalesSays() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        try await service.transaction { try await AccountHandlers.apply([.party(ann)], $0) }
        let path = "/v1/accounts/\(ann.partyId)"
        for (body, field) in [
            (#"{"name":"Bob"}"#, "name"), (#"{"onwer":"eve"}"#, "onwer"), (#"{"owner":" "}"#, "owner"),
        ] {
            let wrong = try await service.send(.patch, path, body, headers: ["if-match": "\"1\""])
            #expect(wrong.status == 400 && wrong.text.contains(#""field":"\#(field)""#), "\(wrong.text)")
        }
        let nobody = "/v1/accounts/\(UUID())"
        #expect(try await service.send(.get, nobody).status == 404)
        #expect(try await service.send(.patch, nobody, "{}", headers: ["if-match": "\"1\""]).status == 404)
    }
}
