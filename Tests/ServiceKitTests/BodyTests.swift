import CRMModel
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

    @Test(arguments: [
        #"{"name":"A","age":1,}"#, #"{"name":"A","age":1,"tags":["a",]}"#, #"{"name":"A","age":01}"#,
        #"{"name":"A","age":1.}"#,
        #"{"name":"A","age":+1}"#, #"{"name":"A" "age":1}"#, #"{'name':"A","age":1}"#, #"{"name":"A","age":1} x"#,
        #"{"name":"A","age":1}{}"#,
        #"{"name":"\x41","age":1}"#, #"{"name":"A","age":NaN}"#, #"{"name":"A","age":1e}"#, #"[{"name":"A","age":1}"#,
        "\u{FEFF}{}", "nul",
        "{\"name\":\"a\nb\",\"age\":1}", "/**/{}",
    ])
    @Loop func onlyJSONByTheLetterIsTaken(_ body: String) async throws {
        let problem = try await answer(body)
        #expect(problem.status == 400 && problem.text.contains("is no JSON"), "\(problem.text)")
    }

    @Test(arguments: [
        (#"{"name":"A","age":1,"name":"B"}"#, #""field":"name","message":"must come once""#),
        (#"{"name":"A","age":1,"n\u0061me":"B"}"#, #""field":"name","message":"must come once""#),
        (#"{"x":[{"a":1},{"b":{"c":1,"c":2}}]}"#, #""field":"x[1].b.c","message":"must come once""#),
        (
            "{\((0..<40).map { "\"m\($0 % 39)\":1" }.joined(separator: ","))}",
            #""field":"","message":"has a member twice""#
        ),
    ])
    @Loop func noMemberComesTwice(_ body: String, _ expected: String) async throws {
        let problem = try await answer(body)
        #expect(problem.status == 400 && problem.text.contains(expected), "\(problem.text)")
    }

    /// Whoever sends many is refused before anybody looks at one.
    @Test @Loop func membersAreCountedFirst() async throws {
        let many = [
            "{\((0..<5000).map { "\"m\($0)\":1" }.joined(separator: ","))}",
            #"{"name":"A","age":1,"tags":[\#(Array(repeating: "1", count: 30_000).joined(separator: ","))]}"#,
            String(repeating: "[", count: 60_000),
        ]
        for body in many {
            _ = Loop.takeLongestHold()
            let problem = try await answer(body)
            #expect(problem.status == 400 && problem.text.utf8.count < 500, "\(problem.text.prefix(500))")
            // Before members were counted this held the loop for seconds.
            let held = Loop.takeLongestHold()
            #expect(held < .milliseconds(500), "\(held)")
        }
        let usual = #"{"name":"A","age":1,"tags":[\#(Array(repeating: "\"t\"", count: 900).joined(separator: ","))]}"#
        #expect(try await answer(usual).status == 201)
    }

    /// What the scan takes can be read.
    @Test func theScanAgreesWithTheReader() {
        let seed = UInt64.random(in: 0 ... .max)
        var state = seed
        func next(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        let parts = [
            "{", "}", "[", "]", ",", ":", "\"a\"", "\"\\u0041\"", "1", "-0.5e3", "true", "null", " ", "\"b\"", "0",
        ]
        var taken = 0
        for _ in 0..<100_000 {
            let text = (0..<(1 + next(9))).map { _ in parts[next(parts.count)] }.joined()
            guard (try? JSONScan.check(Array(text.utf8), atMost: 1000)) != nil else { continue }
            taken += 1
            let isRead = Array(text.utf8).withUnsafeBytes { bytes in
                var reader = JSONReader(bytes)
                return (try? reader.skip()) != nil
            }
            #expect(isRead, "seed \(seed): \(text)")
        }
        #expect(taken > 1000, "seed \(seed)")
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
