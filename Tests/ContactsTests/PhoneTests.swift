import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import ServiceTestKit
import Testing

@testable import Contacts

@Suite struct PhoneTests {
    @Test(arguments: [
        ("020 7946 0958", "GB", "+442079460958"), ("020 7946 0958", "United Kingdom", "+442079460958"),
        ("138 0013 8000", "CN", "+8613800138000"), ("010-6279 0000", "中国", "+861062790000"),
        ("(0755) 1234 5678", "china", "+8675512345678"), ("202-555-0143", "US", "+12025550143"),
        ("1 202 555 0143", "USA", "+12025550143"), ("06 12 34 56 78", "FR", "+33612345678"),
        ("06 6982", "IT", "+39066982"), ("8 (495) 123-45-67", "RU", "+74951234567"),
        ("06 1 234 5678", "HU", "+3612345678"),
        ("9123 4567", "HK", "+85291234567"), ("98765 43210", "IN", "+919876543210"),
        ("030 1234567", "DE", "+49301234567"),
        // No whole numbers of the country, or of none that is known: as they were written.
        ("6279 0000", "CN", "62790000"), ("7946 0958", "GB", "79460958"), ("110", "CN", "110"),
        ("020 7946 0958", "Atlantis", "02079460958"), ("+44 20 7946 0958", "CN", "+442079460958"),
        ("0044 20 7946 0958", "CN", "+442079460958"),
    ])
    func nationalNumbersBecomeThoseOfTheirCountry(_ written: String, _ country: String, _ stored: String) {
        #expect(PhoneNumber.normal(written).map { PhoneNumber.normal($0, in: country) } == stored)
    }

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
