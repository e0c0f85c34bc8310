import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import ServiceKit
import ServiceTestKit
import Testing

@testable import Contacts

/// What a change of a party does to its lists and maps.
@Suite struct PartyPatchTests {
    @Loop private func patch(_ service: TestService, _ id: String, _ json: String) async throws -> Answer {
        let path = "/v1/parties/\(id)"
        let answer = try await service.send(.patch, path, json, headers: try await service.seen(path))
        #expect(answer.status == 200, "\(answer.text)")
        return answer
    }

    @Test @Loop func preferencesThatAMergeLeftCanBeTakenAway() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        func some(_ letter: String) -> String { (0..<60).map { "\"\(letter)\($0)\":\"x\"" }.joined(separator: ",") }
        let one = try await service.make("/v1/parties", "{\"name\":\"A\",\"preferences\":{\(some("a"))}}").text
        let other = try await service.make("/v1/parties", "{\"name\":\"B\",\"preferences\":{\(some("b"))}}").text
        let path = "/v1/parties/\(one)"
        _ = try await service.make(
            "\(path)/merges", #"{"mergedId":"\#(other)"}"#, headers: try await service.seen(path))
        _ = try await patch(service, one, #"{"preferences":{"a1":null}}"#)
        let more = try await service.send(
            .patch, path, #"{"preferences":{"c1":"x","c2":"x"}}"#, headers: try await service.seen(path))
        #expect(more.status == 400)
    }

    /// Whoever sets the first: a person, the ERP or a file.
    @Test @Loop func anAddressThatBecomesTheFirstKeepsItsLabelAndIsThereOnce() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let two = #""emails":[{"address":"a@x.example","label":"work"},{"address":"b@x.example","label":"home"}]"#
        let alpha = try await service.make("/v1/parties", "{\"name\":\"Alpha\",\(two)}").text
        _ = try await patch(service, alpha, #"{"email":"b@x.example"}"#)
        func erp(_ json: String) async throws {
            let record = try ModelJSON.decoder.decode(CustomerUpserted.self, from: Data(json.utf8))
            try await service.transaction { try PartyHandlers.upsert([record], $0) }
        }
        try await erp(#"{"customerNo":"C-9","name":"Beta"}"#)
        _ = try await patch(service, ExternalID.party(customerNo: "C-9").text, "{\(two)}")
        try await erp(#"{"customerNo":"C-9","name":"Beta","email":"b@x.example"}"#)
        let lists = try await service.column(
            "SELECT concat_ws(' ', name, email, details->'emails') FROM party ORDER BY name")
        let list = #"b@x.example [{"label": "home", "address": "b@x.example"}]"#
        #expect(lists == ["Alpha \(list)", "Beta \(list)"])
    }

    @Test @Loop func anAddressBehindAnEmptiedListIsShownInIt() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let ann = try await service.make(
            "/v1/parties", #"{"name":"Ann","email":"a@x.example","phone":"+44 20 7946 0958"}"#
        ).text
        _ = try await patch(service, ann, #"{"emails":[],"phones":[]}"#)
        let answer = try await patch(service, ann, #"{"email":"b@x.example","phone":"+44 20 7946 0959"}"#)
        struct Shown: Decodable { let emails, phones: [[String: String]] }
        let shown = try answer.json(Shown.self)
        #expect(shown.emails == [["address": "b@x.example"]] && shown.phones == [["number": "+442079460959"]])
    }

    @Test @Loop func aValueThatIsSaidAgainIsFoundUnderAFieldThatCameBack() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let field = #"{"key":"size","label":"Size","type":"number"}"#
        _ = try await service.send(.post, "/v1/fields", field)
        let ann = try await service.make("/v1/parties", #"{"name":"Ann","custom":{"size":7}}"#).text
        _ = try await service.send(.delete, "/v1/fields/size", headers: ["if-match": "\"1\""])
        _ = try await service.send(.post, "/v1/fields", field)
        let same = try await patch(service, ann, #"{"custom":{"size":7}}"#)
        #expect(same.headers["etag"] == "\"1\"")
        #expect(try await service.column("SELECT number::text FROM party_custom") == ["7"])
    }
}
