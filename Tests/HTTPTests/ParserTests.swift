import Testing

@testable import HTTP

/// What the parser says: the status of a refusal, 0 for incomplete, 200 for a head.
private func verdict(_ text: String, _ limits: Limits = .default) -> Int {
    verdict(Array(text.utf8), limits)
}

private func verdict(_ bytes: [UInt8], _ limits: Limits = .default) -> Int {
    do throws(Refusal) {
        return try HeadParser.parse(bytes.span, limits) == nil ? 0 : 200
    } catch {
        return error.status.rawValue
    }
}

private func decode(_ bytes: [UInt8], pieces: Int) -> String {
    var decoder = BodyDecoder(.chunked, limit: 10_000)
    var output: [UInt8] = []
    var index = 0
    do throws(Refusal) {
        while index < bytes.count, !decoder.isComplete {
            let piece = Array(bytes[index..<min(bytes.count, index + pieces)])
            index += try decoder.feed(piece.span, into: &output, room: .max)
        }
    } catch {
        return "refused \(error.status.rawValue)"
    }
    return "\(decoder.isComplete) \(index) \(String(decoding: output, as: UTF8.self))"
}

@Suite struct HeadParserTests {
    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 200),
        ("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 200),
        ("GET http://a/b HTTP/1.1\r\nHost: a\r\n\r\n", 200),
        ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 200),
        // Absolute targets (RFC 9112, 3.2.2), a host and its port (RFC 3986, 3.2.2).
        ("GET http://a HTTP/1.1\r\nHost: a\r\n\r\n", 200), ("GET http://a?q=1 HTTP/1.1\r\nHost: a\r\n\r\n", 200),
        ("GET HTTP://[::1]:80/ HTTP/1.1\r\nHost: b\r\n\r\n", 200), ("GET http:///a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET http://:80/ HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET http://a:99999/ HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 200), ("GET / HTTP/1.1\r\nHost:\r\n\r\n", 200),
        ("GET / HTTP/1.1\r\nHost: a:\r\n\r\n", 200), ("GET / HTTP/1.1\r\nHost: a%41\r\n\r\n", 200),
        ("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: 127.0.0.1:80:80\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a:8x\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a%4\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: [127.0.0.1]\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: ::1\r\n\r\n", 400),
        ("GET / HTTP/1.0\r\n\r\n", 200),
        ("GET / HTTP/1.1\r\nHost: a:80\r\nX: \t a b \r\nY:\r\n\r\n", 200),
        ("GET / HTTP/1.1\r\nHost: a\r\n", 0),
        ("", 0), ("\r", 0), ("GET", 0),
        // Smuggling.
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n", 400),
        ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \u{0B}chunked\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", 501),
        // Lines.
        ("GET / HTTP/1.1\nHost: a\n\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n\tfolded: x\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nnocolon\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n: empty\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX y: z\r\n\r\n", 400),
        // The request line.
        ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400),
        (" GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /\r\n\r\n", 400),
        ("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /ä HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / http/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/11\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        ("GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505),
        ("BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        ("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        // Host and Expect.
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nExpect: magic\r\n\r\n", 417),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000000\r\n\r\n", 413),
    ])
    func judges(_ input: String, _ status: Int) {
        #expect(verdict(input) == status, "\(input.debugDescription)")
    }

    @Test func limitsHoldExactly() {
        var limits = Limits()
        limits.requestLineBytes = 20
        limits.headerBytes = 30
        limits.headerFields = 2
        #expect(verdict("GET /123456 HTTP/1.1\r\nHost: a\r\n\r\n", limits) == 200)
        #expect(verdict("GET /1234567 HTTP/1.1\r\nHost: a\r\n\r\n", limits) == 414)
        #expect(verdict("GET /1234567890123456", limits) == 0)
        #expect(verdict("GET /12345678901234567", limits) == 414)
        #expect(verdict("GET / HTTP/1.1\r\nHost: a\r\nX: 123456789012345678\r\n\r\n", limits) == 200)
        #expect(verdict("GET / HTTP/1.1\r\nHost: a\r\nX: 123456789012345678901\r\n\r\n", limits) == 431)
        #expect(verdict("GET / HTTP/1.1\r\nHost: a\r\nA: b\r\nC: d\r\n\r\n", limits) == 431)
    }

    @Test func theAnswerDoesNotDependOnCuts() {
        let heads = [
            "POST /a?b=c HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: a , close\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", "GET / HTTP/3.1\r\nHost: a\r\n\r\n",
        ]
        for head in heads {
            let bytes = Array(head.utf8)
            let whole = verdict(bytes)
            for cut in 0..<bytes.count {
                let part = verdict(Array(bytes[..<cut]))
                #expect(part == 0 || part == whole, "\(head.debugDescription) cut at \(cut)")
            }
        }
    }

    @Test func readsWhatIsThere() throws {
        let bytes = Array(
            "POST /a%20b?c=d HTTP/1.1\r\nHOST: x\r\nA: 1\r\na:  2 \r\nTransfer-Encoding: Chunked\r\n\r\nrest".utf8)
        let (head, length) = try #require(try HeadParser.parse(bytes.span, .default))
        #expect(length == bytes.count - 4)
        #expect(head.text(head.path) == "/a%20b" && head.query.map(head.text) == "c=d")
        #expect(RequestHeaders(head: head)["A"] == "1, 2" && RequestHeaders(head: head)["b"] == nil)
        #expect(head.framing == .chunked && head.keepsAlive)
    }
}

@Suite struct BodyDecoderTests {
    @Test(arguments: [
        ("5\r\nhello\r\n0\r\n\r\n", "true 15 hello"),
        ("5;a=b;c=\"d\"\r\nhello\r\n00\r\nTrailer: x\r\n\r\nGET", "true 38 hello"),
        ("a\r\n0123456789\r\n1\r\nx\r\n0\r\n\r\n", "true 26 0123456789x"),
        ("5\r\nhel", "false 6 hel"),
        ("5\nhello\r\n0\r\n\r\n", "refused 400"), ("5 \r\nhello\r\n0\r\n\r\n", "refused 400"),
        (" 5\r\nhello\r\n0\r\n\r\n", "refused 400"), ("\r\nhello", "refused 400"), ("0x5\r\nhello", "refused 400"),
        ("-1\r\nhello", "refused 400"), ("5\r\nhelloX\r\n", "refused 400"), ("5\r\nhello\r\r", "refused 400"),
        ("fffffffffffffffff\r\n", "refused 400"), ("ffffff\r\n", "refused 413"), ("5;\n\r\nhello", "refused 400"),
        ("0\r\nbad trailer: x\r\n\r\n", "refused 400"), ("0\r\n: x\r\n\r\n", "refused 400"), ("0\r\n\n", "refused 400"),
        ("0\r\nA: \0\r\n\r\n", "refused 400"),
    ])
    func decodes(_ input: String, _ outcome: String) {
        let bytes = Array(input.utf8)
        for pieces in [1, 2, 3, 7, bytes.count] { #expect(decode(bytes, pieces: pieces) == outcome) }
    }

    @Test func overheadIsBounded() {
        let extensions = "1;" + String(repeating: "a", count: 9000) + "\r\nx\r\n0\r\n\r\n"
        #expect(decode(Array(extensions.utf8), pieces: 100) == "refused 400")
        let trailers = "0\r\n" + String(repeating: "a: b\r\n", count: 5000) + "\r\n"
        #expect(decode(Array(trailers.utf8), pieces: 100) == "refused 400")
    }
}

/// Mutated inputs must never crash the parser, and cutting them must not change its mind.
@Suite struct ParserFuzz {
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    private let seeds = [
        "GET /v1/parties?limit=5 HTTP/1.1\r\nHost: a:80\r\nAccept: */*\r\nConnection: keep-alive, close\r\n\r\n",
        "POST http://h/x HTTP/1.1\r\nHost: h\r\nContent-Length: 12\r\nExpect: 100-continue\r\n\r\n",
        "PUT / HTTP/1.0\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
    ]
    private let pieces = [
        "\r\n", "\n", "\r", "\0", " ", ":", "\t", "Content-Length: 1\r\n", "chunked", "%", "é", "HTTP/1.1",
    ]

    private func mutated(_ seed: String, _ random: inout Seeded) -> [UInt8] {
        var bytes = Array(seed.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let at = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.insert(contentsOf: pieces.randomElement(using: &random)?.utf8 ?? "".utf8, at: at)
            case 2: bytes.removeSubrange(at..<min(bytes.count - 1, at + Int.random(in: 0...3, using: &random)))
            default: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 20)], at: at)
            }
            if bytes.isEmpty { bytes = [0x47] }
        }
        return bytes
    }

    @Test func headsSurviveMutation() {
        var random = Seeded(state: 7)
        var limits = Limits()
        limits.requestLineBytes = 64
        limits.headerBytes = 200
        for round in 0..<10_000 {
            let bytes = mutated(seeds[round % seeds.count], &random)
            let whole = verdict(bytes, limits)
            let cut = Int.random(in: 0...bytes.count, using: &random)
            let part = verdict(Array(bytes[..<cut]), limits)
            #expect(part == 0 || part == whole, "\(bytes) cut at \(cut)")
        }
    }

    @Test func chunksSurviveMutation() {
        var random = Seeded(state: 11)
        for _ in 0..<10_000 {
            let bytes = mutated("5;x=y\r\nhello\r\n1F\r\n0123456789012345678901234567890\r\n0\r\nA: b\r\n\r\n", &random)
            #expect(decode(bytes, pieces: bytes.count) == decode(bytes, pieces: Int.random(in: 1...9, using: &random)))
        }
    }
}
