import EventLoop
import HTTP
import Testing

@testable import ServiceKit

@Suite struct BodyTests {
    private struct Person: Codable, Sendable {
        var name: String
        var age: Int
        var tags: [String]?
    }

    @Loop private func answer(_ body: String, headers: Headers = [:]) async throws -> (status: Int, text: String) {
        try await answer(Array(body.utf8), headers: headers)
    }

    @Loop private func answer(_ body: [UInt8], headers: Headers = [:]) async throws -> (status: Int, text: String) {
        let router = Router([
            Route(.post, "/people", "", tag: "", access: .change, body: .json(.any), gives: .json(.any, .created)) {
                try Response(.created, json: try await $0.model(Person.self))
            }
        ])
        let response = await router.respond(to: try Request(.post, "/people", headers: headers, body: body))
        return (response.status.rawValue, String(decoding: response.bytes ?? [], as: UTF8.self))
    }

    @Test(arguments: [
        (#"{"name":"A"}"#, #""field":"age","message":"expected a value; the field is missing""#),
        (#"{"name":"A","age":"x"}"#, #""field":"age","message":"expected a whole number""#),
        (#"{"name":1,"age":1}"#, #""field":"name","message":"expected a string""#),
        (#"{"name":"A","age":1,"tags":["a",2]}"#, #""field":"tags[1]","message":"expected a string""#),
        (#"{"name":null,"age":1}"#, #""field":"name","message":"expected a value, not null""#),
        (#"{"name":"A","age":1,"agee":2}"#, #""field":"agee","message":"is not known here; age is""#),
        (#"{"name":"#, #""field":"""#), ("", #""field":"""#),
    ])
    @Loop func bodiesNameTheField(_ body: String, _ expected: String) async throws {
        let problem = try await answer(body)
        #expect(problem.status == 400 && problem.text.contains(expected), "\(problem.text)")
    }

    /// The decoder takes more than JSON (RFC 8259, section 8.1): what the look for unknown members cannot read is refused.
    @Test @Loop func noOtherEncodingHidesMembers() async throws {
        let text = #"{"name":"A","age":1,"agee":2}"#
        let wide = text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        for body in [[0xEF, 0xBB, 0xBF] + Array(text.utf8), wide, [0xFF, 0xFE] + wide] {
            let problem = try await answer(body)
            #expect(problem.status == 400, "\(problem)")
        }
    }

    @Test @Loop func takesJSONOnly() async throws {
        let person = #"{"age":1,"name":"A"}"#
        for type in ["application/json", "application/merge-patch+json", "application/json ; charset=utf-8"] {
            let created = try await answer(person, headers: ["content-type": type])
            #expect(created.status == 201 && created.text == person, "\(type): \(created)")
        }
        for type in ["text/plain", "application/jsonp"] {
            #expect(try await answer(person, headers: ["content-type": type]).status == 415, "\(type)")
        }
    }
}
