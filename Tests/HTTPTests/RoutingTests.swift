import EventLoop
import Testing

@testable import HTTP

@Suite struct RoutingTests {
    private let router = Router(sampleRoutes)

    @Loop private func answer(
        _ method: HTTP.Method, _ target: String, body: String = "", headers: Headers = [:]
    ) async throws -> (status: Int, text: String, headers: Headers) {
        let request = try Request(method, target, headers: headers, body: Array(body.utf8))
        let response = await router.respond(to: request)
        return (response.status.rawValue, String(decoding: response.bytes ?? [], as: UTF8.self), response.headers)
    }

    @Test @Loop func findsRoutes() async throws {
        #expect(try await answer(.get, "/people/42").text == "42")
        #expect(try await answer(.get, "/people/%34%32").text == "42")
        #expect(try await answer(.get, "/people?limit=5&tag=a+b&tag=%C3%A9").text == "5 [\"a b\", \"é\"]")
        #expect(try await answer(.get, "/nowhere").status == 404)
        #expect(try await answer(.get, "/people/").status == 404)
        #expect(try await answer(.get, "/hello/").status == 404)
        #expect(try await answer(.get, "/people/%zz").status == 400)
        #expect(try await answer(.get, "/people/..").status == 400)
        #expect(try await answer(.get, "/people/%00").status == 400)
        #expect(try await answer(.get, "/people/%ff").status == 400)
        let wrong = try await answer(.delete, "/people")
        #expect(wrong.status == 405 && wrong.headers["Allow"] == "GET, HEAD, POST")
        #expect(try await answer(.options, "/people").status == 204)
    }

    @Test @Loop func staticSegmentsComeFirstAndGoBack() async throws {
        let paths = ["/a/{x}/c", "/a/b/d", "/a/b/{y}/e", "/{z}"]
        let table = RouteTable(
            paths.map { Route(.get, $0, "", tag: "", access: .read, gives: .json(.any)) { _ in Response(.ok) } })
        func found(_ path: String) throws -> String {
            let match = table.match(try Request(.get, path).head)
            guard case .found(let index, let values) = match else { return "none" }
            return "\(paths[index]) \(values)"
        }
        #expect(try found("/a/b/d") == "/a/b/d []")
        #expect(try found("/a/b/c") == "/a/{x}/c [\"b\"]")
        #expect(try found("/a/b/c/e") == "/a/b/{y}/e [\"c\"]")
        #expect(try found("/a") == "/{z} [\"a\"]")
        #expect(try found("/a/b") == "none")
    }

    @Test @Loop func namesWhatIsWrong() async throws {
        let problem = try await answer(.get, "/people?limit=500&kind=c&x=1&limit=2")
        #expect(problem.status == 400 && problem.headers["content-type"] == "application/problem+json")
        #expect(problem.text.contains(#"{"field":"limit","message":"must be from 1 to 200"}"#))
        #expect(problem.text.contains(#"{"field":"kind","message":"must be one of a, b"}"#))
        #expect(problem.text.contains(#"{"field":"x","message":"is not a parameter of this operation"}"#))
        #expect(problem.text.contains(#"{"field":"limit","message":"must come once"}"#))
        #expect(try await answer(.get, "/people/abc").text.contains(#""field":"id""#))
        #expect(try await answer(.get, "/people?limit=%zz").status == 400)
    }

    @Test @Loop func errorsTellNothingInside() async throws {
        var seen: [String] = []
        let router = Router(
            sampleRoutes,
            middleware: [
                { request, next in
                    let response = await next(request)
                    return response.with("x-status", "\(response.status.rawValue) \(request.route?.path ?? "none")")
                },
                { request, next in
                    guard request.headers["authorization"] != "bad" else { throw Problem(status: .unauthorized) }
                    return await next(request)
                },
            ], onError: { error, _ in seen.append("\(error)") })
        let failed = await router.respond(to: try Request(.get, "/fails"))
        #expect(failed.status == .internalError && seen == ["UnexpectedError()"])
        #expect(failed.headers["x-status"] == "500 /fails")
        #expect(!String(decoding: failed.bytes ?? [], as: UTF8.self).contains("Unexpected"))
        // Where nobody foresaw it: what the caller may hear of an error tells those who run it nothing.
        let broken = Router(
            [
                Route(.get, "/{status}", "", tag: "", access: .read, gives: .json(.any)) {
                    throw Refused(problem: Problem(status: Status(rawValue: Int($0.path("status")) ?? 0)))
                }
            ], onError: { error, _ in seen.append("\(error)") })
        #expect(await broken.respond(to: try Request(.get, "/500")).status == .internalError && seen.last == "Refused")
        #expect(await broken.respond(to: try Request(.get, "/503")).status == .unavailable && seen.count == 3)
        // For what the caller is to blame, those who run it are told nothing.
        #expect(await broken.respond(to: try Request(.get, "/409")).status == .conflict && seen.count == 3)
        let refused = await router.respond(to: try Request(.get, "/hello", headers: ["authorization": "bad"]))
        #expect(refused.headers["x-status"] == "401 /hello")
        #expect(await router.respond(to: try Request(.get, "/no")).headers["x-status"] == "404 none")
    }

    @Test @Loop func headersCannotBeSplit() {
        var out: [UInt8] = []
        let response = Response(.ok).with("location", "/a\r\nset-cookie: x").with("Content-Length", "7")
        ResponseHead.append(response, .length(0), keepsAlive: true, isSecure: false, to: &out)
        let text = String(decoding: out, as: UTF8.self)
        #expect(text.contains("location: /a  set-cookie: x\r\n") && !text.contains("7\r\n"))
        #expect(HTTPDate.text(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
    }

    @Test func openAPIDescribesRoutes() {
        let party = Schema.named(
            "Party", .object([.init("id", .uuid), .init("name", .string, required: false, "Full")]))
        let route = Route(
            .post, "/v1/parties/{id}", "Changes a party", tag: "parties", access: .change,
            parameters: [.path("id", .uuid), .query("dry", .boolean), .header("If-Match", required: true)],
            body: .json(party), gives: .json(party), or: [.bytes("text/csv", 202)]
        ) { _ in Response(.ok) }
        let text = String(decoding: OpenAPI.document(title: "T", version: "1", routes: [route]), as: UTF8.self)
        for part in [
            #""openapi":"3.1.0""#, #""/v1/parties/{id}":{"post":{"summary":"Changes a party","tags":["parties"]"#,
            #"{"name":"id","in":"path","required":true,"schema":{"type":"string","format":"uuid"}}"#,
            #"{"name":"If-Match","in":"header","required":true,"schema":{"type":"string"}}"#,
            ##""schema":{"$ref":"#/components/schemas/Party"}"##, #""application/problem+json""#, #""text/csv":{}"#,
            #""Party":{"type":"object","required":["id"],"properties""#,
        ] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
    }

    /// What comes is bounded, and so is what is told of it.
    @Test @Loop func aFloodOfParametersIsAnsweredShortly() async throws {
        let flood = (0..<900).map { "p\($0)=1" }.joined(separator: "&")
        let long = String(repeating: "n", count: 5000)
        for query in [flood, "\(long)=1", "\(long)=%zz"] {
            let answer = await router.respond(to: try Request(.get, "/people?\(query)"))
            #expect(answer.status == .badRequest)
            #expect((answer.bytes ?? []).count < 4000, "\((answer.bytes ?? []).count)")
        }
    }

    @Test @Loop func theServerAsAWholeIsAskedForItsMethods() async throws {
        let answer = await router.respond(to: try Request(.options, "*"))
        #expect(answer.status == .noContent && answer.headers["allow"]?.contains("PATCH") == true)
        #expect(await router.respond(to: try Request(.get, "http://localhost")).status == .notFound)
        #expect(await router.respond(to: try Request(.get, "http://localhost/hello")).status == .ok)
    }
}

private struct Refused: Error, ProblemConvertible, CustomStringConvertible {
    let problem: Problem
    let description = "Refused"
}
