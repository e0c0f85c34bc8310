import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import ServiceKit
import ServiceTestKit
import Testing

@testable import Contacts

@Suite struct FieldTests {
    private struct Field: Decodable {
        let version: Int
        let label: String
        let choices: [String]
    }

    @Test @Loop func aFieldKeepsItsKeyAndItsTypeAndItsWordsAreTrimmed() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let new = #"{"key":" size ","label":" Size ","type":"choice","choices":[" S ","大"]}"#
        for _ in 1...2 {
            let made = try await service.send(.post, "/v1/fields", new, headers: ["idempotency-key": "a"])
            #expect(made.status == 201 && made.headers["location"] == "/v1/fields/size", "\(made.text)")
            #expect(try made.json(Field.self).choices == ["S", "大"])
        }
        // Values stand under the key, as the type has them: a caller who thinks that he changed them is told.
        for (body, field) in [
            (#"{"key":"width"}"#, "key"), (#"{"type":"text"}"#, "type"), (#"{"lable":"Größe"}"#, "lable"),
            (#"{"choices":["M"," M"]}"#, "choices"), (#"{"choices":[]}"#, "choices"), (#"{"label":" "}"#, "label"),
            (#"{"label":null}"#, "label"), (#"{"choices":null}"#, "choices"),
        ] {
            let wrong = try await service.send(.patch, "/v1/fields/size", body, headers: ["if-match": "\"1\""])
            #expect(wrong.status == 400 && wrong.text.contains("\"field\":\"\(field)\""), "\(wrong.text)")
        }
        let changed = try await service.send(
            .patch, "/v1/fields/size", #"{"choices":["S","大"," L "]}"#, headers: ["if-match": "\"1\""])
        #expect(changed.status == 200 && changed.headers["etag"] == "\"2\"", "\(changed.text)")
        let field = try changed.json(Field.self)
        #expect(field.version == 2 && field.label == "Size" && field.choices == ["S", "大", "L"])
        // What changes nothing raises no version.
        for same in ["{}", #"{"label":"Size","choices":["S","大","L"]}"#] {
            let answer = try await service.send(.patch, "/v1/fields/size", same, headers: ["if-match": "\"2\""])
            #expect(answer.status == 200 && answer.headers["etag"] == "\"2\"", "\(answer.text)")
        }
        struct Fields: Decodable { let items: [Field] }
        #expect(try await service.send(.get, "/v1/fields").json(Fields.self).items.map(\.version) == [2])
        let none = try await service.send(.patch, "/v1/fields/none", "{}", headers: ["if-match": "\"1\""])
        #expect(none.status == 404 && none.text.contains("There is no custom field none."), "\(none.text)")
    }

    @Test @Loop func aViewIsMadeOnceAndAnswersAsItsChangeLeftIt() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let new = #"{"name":" Ours ","owner":"ann","definition":{"sort":"createdAt"}}"#
        let view = try await service.make("/v1/views", new, headers: ["idempotency-key": "v"])
        #expect(try await service.make("/v1/views", new, headers: ["idempotency-key": "v"]) == view)
        let path = "/v1/views/\(view.text)"
        let changed = try await service.send(
            .put, path, #"{"name":"All","owner":null,"definition":{}}"#, headers: try await service.seen(path))
        #expect(changed.status == 200 && changed.headers["etag"] == "\"2\"", "\(changed.text)")
        #expect(changed.text.contains(#""owner" : null"#) && changed.text.contains(#""name" : "All""#))
        #expect(try await service.send(.get, path).text == changed.text)
        let same = try await service.send(
            .put, path, #"{"name":"All","owner":null,"definition":{}}"#, headers: ["if-match": "\"2\""])
        #expect(same.status == 200 && same.headers["etag"] == "\"2\"", "\(same.text)")
        let typo = try await service.send(
            .put, path, #"{"name":"x","onwer":"x","definition":{}}"#, headers: ["if-match": "\"2\""])
        #expect(typo.status == 400 && typo.text.contains("owner is"), "\(typo.text)")
        #expect(try await service.send(.get, "/v1/views?owner=bob").text.contains(view.text))
    }

    /// Values stay in the records while their field is gone; ranges found none of them when it came back.
    @Test @Loop func aFieldThatComesBackIsFoundByRanges() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let field = #"{"key":"seats","label":"Seats","type":"number"}"#
        _ = try await service.send(.post, "/v1/fields", field)
        let party = try await service.make("/v1/parties", #"{"name":"A","custom":{"seats":12}}"#)
        let numbers = "SELECT field || ' ' || number || ' ' || party_id FROM party_custom"
        #expect(try await service.column(numbers) == ["seats 12 \(party.text)"])
        #expect(try await service.send(.delete, "/v1/fields/seats", headers: ["if-match": "\"1\""]).status == 204)
        #expect(try await service.column(numbers) == [])
        #expect(try await service.send(.post, "/v1/fields", field).status == 201)
        #expect(try await service.column(numbers) == ["seats 12 \(party.text)"])
    }

    @Test @Loop func aReferenceIsTakenBackAsItWasGiven() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let id = try await service.make("/v1/parties", #"{"name":"A"}"#)
        let path = "/v1/parties/\(id.text)/references/shop/"
        #expect(try await service.send(.put, path + "%20K%207%20").status == 204)
        #expect(try await service.column("SELECT system || reference FROM party_reference") == ["shopK 7"])
        // Said again it is no news.
        let told = try await service.outbox().count
        #expect(try await service.send(.put, path + "K%207").status == 204)
        #expect(try await service.outbox().count == told)
        #expect(try await service.send(.delete, path + "%20K%207").status == 204)
        #expect(try await service.send(.delete, path + "K%207").status == 404)
        #expect(try await service.send(.delete, "/v1/parties/\(id.text)/references/%20erp/1").status == 409)
    }
}
