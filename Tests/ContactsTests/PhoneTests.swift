import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import ServiceTestKit
import Testing

@testable import Contacts

@Suite struct PhoneTests {
    @Test @Loop func aPartysNumbersFollowItsCountry() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        func phones() async throws -> [String] {
            try await service.column("SELECT concat_ws('|', phone, details->'phones'->1->>'number') FROM party")
        }
        let id = try await service.make(
            "/v1/parties", #"{"name":"A","phones":[{"number":"020 7946 0958"},{"number":"13800138000"}]}"#)
        #expect(try await phones() == ["02079460958|13800138000"])
        let path = "/v1/parties/\(id)"
        _ = try await service.send(
            .patch, path, #"{"addresses":[{"country":"GB"}]}"#, headers: ["if-match": "\"1\""])
        #expect(try await phones() == ["+442079460958|13800138000"])
        _ = try await service.send(.patch, path, #"{"country":"中国"}"#, headers: ["if-match": "\"2\""])
        #expect(try await phones() == ["+442079460958|+8613800138000"])
        let found = try await service.send(.get, "/v1/parties?search=0138001").json(FoundParties.self)
        #expect(found.items.count == 1)
    }
}
