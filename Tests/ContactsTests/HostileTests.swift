import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit
import ServiceTestKit
import Testing

@testable import Contacts
@testable import HTTP

/// Requests of every bad kind against every route: none is answered with a 5xx, a 400 names the field, and what is refused leaves nothing.
@Suite struct HostileTests {
    /// Bodies that are right, by route, so that one wrong member is what is wrong.
    private static let bodies: [String: String] = [
        "POST /v1/parties": #"{"name":"A"}"#, "PATCH /v1/parties/{id}": #"{"name":"A"}"#,
        "POST /v1/duplicates/check": #"{"name":"A"}"#,
        "PUT /v1/parties/{id}/stage": #"{"stage":"loyal","cause":"c"}"#,
        "PUT /v1/parties/{id}/benefit": #"{"declared":"process"}"#,
        "POST /v1/fields": #"{"key":"k","label":"K","type":"text"}"#, "PATCH /v1/fields/{key}": #"{"label":"K"}"#,
        "POST /v1/views": #"{"name":"v","definition":{}}"#, "PUT /v1/views/{id}": #"{"name":"v","definition":{}}"#,
        "PUT /v1/parties/{id}/wallet": #"{"currency":"GBP","yearlySpend":"10"}"#,
        "PUT /v1/value/weights": #"{"weights":{"recency":1}}"#,
        "PUT /v1/parties/{id}/consents": #"{"channel":"mail","purpose":"marketing","granted":true}"#,
        "POST /v1/parties/{id}/merges": #"{"mergedId":"00000000-0000-7000-8000-000000000000"}"#,
        "POST /v1/parties/{id}/erasures": #"{"by":"x"}"#, "POST /v1/parties/{id}/archives": #"{"by":"x"}"#,
        "POST /v1/interactions": #"{"kind":"call.ended"}"#, "POST /v1/models/fits": #"{"currency":"GBP"}"#,
    ]

    /// Values that are nearly everywhere wrong.
    private static let values = [
        "7", "-1", "1e400", "99999999999999999999", "true", "[]", "{}", "[[[[7]]]]", #""""#, #""\u0000""#,
        #""a\u0000b""#,
        #""\ud800""#, #""\udc00\ud800""#, "\"\(String(repeating: "长", count: 120_000))\"", #"["\u0000"]"#,
        #"[{"address":7}]"#, #"{"\u0000":"x"}"#, "\"2011-02-30\"",
    ]

    private static let words = [
        "%00", "%ff", "%ED%A0%80", "-1", "0", "99999999999999999999", "1e400", "x", "", "%27%3B--", "AAAA",
        "bmFtZQ%3D%3D", "%5B%5D%5B", "%7B%22field%22%3A7%7D", "%5B%7B%22field%22%3A%22%5Cu0000%22%2C%22is%22%3A1%7D%5D",
        String(repeating: "%5B", count: 2000), String(repeating: "9", count: 4000), "2011-02-30T99:00:00Z",
    ]

    private struct Refusal: Decodable {
        struct Field: Decodable { let field: String }
        let errors: [Field]?
    }

    /// A service with one of each thing that routes are about.
    @Loop
    private final class Target {
        let service: TestService
        private var names: [String: String] = [:]

        init() async throws {
            service = try await TestService(ContactsService.self)
            names["parties"] = try await service.make("/v1/parties", #"{"name":"A"}"#).uuidString
            names["views"] = try await service.make("/v1/views", #"{"name":"v","definition":{}}"#).uuidString
            _ = try await service.send(.post, "/v1/fields", #"{"key":"there","label":"T","type":"text"}"#)
        }

        /// The path of a route, with `odd` in the place of one of its names.
        func path(_ route: Route, odd: (name: String, value: String)? = nil) -> String {
            var previous = ""
            return route.path.split(separator: "/").map { part in
                defer { previous = String(part) }
                guard part.hasPrefix("{") else { return String(part) }
                let name = String(part.dropFirst().dropLast())
                if let odd, odd.name == name { return odd.value }
                let parameter = route.parameters.first { $0.place == .path && $0.name == name }
                if case .enumeration(let known)? = parameter?.schema { return known.first ?? "x" }
                switch name {
                case "key": return "there"
                case "system", "reference", "token": return "x"
                case "high": return "00000000-0000-7000-8000-000000000001"
                default: return names[previous] ?? "00000000-0000-7000-8000-000000000000"
                }
            }.reduce("") { "\($0)/\($1)" }
        }

        func send(
            _ route: Route, _ path: String, _ body: String = "", headers: [String: String] = [:]
        ) async throws -> Answer? {
            var all = headers
            if all["if-match"] == nil { all["if-match"] = try await tag(route, path) }
            // What no request line can hold is refused before any route.
            guard let answer = try? await service.send(route.method, path, body, headers: all) else { return nil }
            return answer
        }

        /// What a caller sends who has read what he changes.
        private func tag(_ route: Route, _ path: String) async throws -> String {
            let isChange = [.put, .patch].contains(route.method)
            guard isChange, let shown = try? await service.send(.get, path) else { return "\"1\"" }
            return shown.headers["etag"] ?? "\"1\""
        }

        /// How many rows each table has.
        func rows() async throws -> [String] {
            let tables = try await service.column(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY 1")
            let counts = tables.map { "(SELECT '\($0) ' || count(*) FROM \($0))" }
            return try await service.column("SELECT unnest(ARRAY[\(counts.joined(separator: ","))])")
        }
    }

    /// No 5xx, and a 400 that names something.
    private func check(_ answer: Answer, _ what: String) {
        #expect(answer.status < 500, "\(what): \(answer.status) \(answer.text.prefix(300))")
        guard answer.status == 400 else { return }
        let named = (try? answer.json(Refusal.self))?.errors?.isEmpty == false
        #expect(named, "\(what): \(answer.text.prefix(300))")
    }

    @Test @Loop func everyBodyThatIsWrongIsRefusedByName() async throws {
        let target = try await Target()
        defer { target.service.close() }
        for route in target.service.parts.routes {
            guard case .json(let schema) = route.body else { continue }
            let path = target.path(route)
            let name = "\(route.method.rawValue) \(route.path)"
            let before = try await target.rows()
            var wasTaken = false
            func send(_ body: String, headers: [String: String] = [:]) async throws -> Answer? {
                guard let answer = try await target.send(route, path, body, headers: headers) else { return nil }
                check(answer, "\(name) \(body.prefix(60)) \(headers)")
                if answer.status < 300 { wasTaken = true }
                return answer
            }
            for body in ["nonsense", "[]", "7", "null", "\"x\"", "{", #"{"a":1}}"#, "\u{0}"] {
                let answer = try await send(body)
                #expect(answer.map { (400..<500).contains($0.status) } == true, "\(name) \(body)")
            }
            for depth in [600, 100_000] {
                _ = try await send(String(repeating: "[", count: depth))
                _ = try await send(String(repeating: #"{"name":"#, count: depth / 2))
            }
            let right = Self.bodies[name] ?? "{}"
            for type in ["text/plain", "application/xml", "text/csv", "application/x-www-form-urlencoded"] {
                let answer = try await send(right, headers: ["content-type": type])
                #expect(
                    answer.map { $0.status == 415 || $0.status == 404 } == true,
                    "\(name) \(type) \(answer?.status ?? 0)")
            }
            guard case .object(let properties) = schema.plain else { continue }
            for property in properties {
                for value in Self.values {
                    let rest = right.dropFirst().isEmpty || right == "{}" ? "}" : ",\(right.dropFirst())"
                    // The first of two members with one name counts, or the last: both are asked.
                    let member = "\"\(property.name)\":\(value)"
                    _ = try await send("{\(member)\(rest)")
                    if right != "{}" { _ = try await send("\(right.dropLast()),\(member)}") }
                }
            }
            if !wasTaken { #expect(try await target.rows() == before, "\(name)") }
        }
    }

    @Test @Loop func everyParameterThatIsWrongIsRefusedByName() async throws {
        let target = try await Target()
        defer { target.service.close() }
        for route in target.service.parts.routes {
            let name = "\(route.method.rawValue) \(route.path)"
            let body = Self.bodies[name] ?? (route.method == .get ? "" : "{}")
            let needed = route.parameters.filter { $0.place == .query && $0.isRequired }.map { "\($0.name)=GBP" }
            for parameter in route.parameters where parameter.place == .query {
                for word in Self.words {
                    let others = needed.filter { !$0.hasPrefix("\(parameter.name)=") }
                    let query = (others + ["\(parameter.name)=\(word)"]).joined(separator: "&")
                    guard let answer = try await target.send(route, "\(target.path(route))?\(query)", body) else {
                        continue
                    }
                    check(answer, "\(name)?\(query.prefix(80))")
                }
            }
            for part in route.path.split(separator: "/") where part.hasPrefix("{") {
                for word in Self.words where !word.isEmpty {
                    let path = target.path(route, odd: (String(part.dropFirst().dropLast()), word))
                    guard let answer = try await target.send(route, path, body) else { continue }
                    check(answer, "\(name) \(path.prefix(100))")
                }
            }
            if let answer = try await target.send(route, "\(target.path(route))?nobody=knows", body) {
                check(answer, "\(name)?nobody=knows")
            }
        }
    }

    @Test @Loop func everyConditionThatIsMalformedIsRefused() async throws {
        let target = try await Target()
        defer { target.service.close() }
        let tags = [
            "x", "\"\"", "\"x\"", "\"99999999999999999999\"", "*", "\"1\", \"2\"", "W/\"1\"", "\"-1\"", "\"1",
            "\"\u{7F}\"",
            "\"9223372036854775807\"", "\"-9223372036854775808\"",
        ]
        for route in target.service.parts.routes where [.patch, .put, .delete].contains(route.method) {
            guard route.parameters.contains(where: { $0.name == "If-Match" }) else { continue }
            let name = "\(route.method.rawValue) \(route.path)"
            for tag in tags {
                let answer = try await target.send(
                    route, target.path(route), Self.bodies[name] ?? "{}", headers: ["if-match": tag])
                guard let answer else { continue }
                check(answer, "\(name) If-Match: \(tag)")
                #expect([400, 404, 412].contains(answer.status), "\(name) If-Match: \(tag): \(answer.status)")
            }
        }
    }

    private nonisolated static let files: [(String, [UInt8])] = {
        let csv = [
            "name,email\n\"open,a@b.example\n", "name\nA\u{0}B\n", "\u{FEFF}", "a,b\n1,2,3,4\n", "\u{0}\u{0}",
            "name,notes\nA,\(String(repeating: "x", count: 20_000))\n", "name,birthday\nA,2011-02-30\n",
            String(repeating: "\"", count: 3000),
        ]
        let vcard = [
            "BEGIN:VCARD\nFN:A\n", "BEGIN:VCARD\nEND:VCARD\nnonsense", "BEGIN:VCARD\nFN:A\u{0}\nEMAIL:x\nEND:VCARD\n",
            "BEGIN:VCARD\nN:;;;;\nTEL;TYPE=\":x\nEND:VCARD\n",
        ]
        var files = csv.map { ("csv", Array($0.utf8)) } + vcard.map { ("vcard", Array($0.utf8)) }
        files.append(("csv", [0xFF, 0xFE, 0x41, 0x00]))
        files.append(("csv", Array("name\n".utf8) + [0x81, 0x30, 0x81]))
        files.append(("vcard", [0x81, 0xFF, 0x00, 0x0A]))
        return files
    }()

    @Test(arguments: files)
    @Loop func everyFileThatIsWrongEndsAndWritesNoParty(_ format: String, _ bytes: [UInt8]) async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let router = Router(service.parts.routes)
        let request = try Request(
            .post, "/v1/imports?format=\(format)", headers: ["content-type": "application/octet-stream"], body: bytes)
        let answer = await router.respond(to: request)
        guard answer.status == .accepted else {
            #expect((400..<500).contains(answer.status.rawValue), "\(answer.status)")
            return
        }
        let worker = ImportWorker(service.context)
        while try await worker.step() {}
        let state = try await service.column(
            "SELECT state || ' ' || rows || ' ' || created || ' ' || refused || ' ' || coalesce(error, '') FROM party_import"
        )
        #expect(state.first?.hasPrefix("done") == true || state.first?.hasPrefix("failed") == true, "\(state)")
        let parties = try await service.column("SELECT name FROM party")
        #expect(parties.allSatisfy { ["A", "1"].contains($0) } && parties.count <= 1, "\(state) \(parties)")
    }
}

extension Schema {
    /// What a name stands for.
    fileprivate var plain: Schema {
        switch self {
        case .named(_, let schema), .nullable(let schema): schema.plain
        default: self
        }
    }
}
