@testable import HTTP

extension Reader {
    /// Heads and bodies of HTTP.
    static let requests = Reader(
        "http",
        corpus: [
            "GET /v1/parties?limit=5&after=%41 HTTP/1.1\r\nHost: a:80\r\nAccept: */*\r\nConnection: keep-alive, close\r\n\r\n",
            "POST http://[::1]:80/x?y HTTP/1.1\r\nHost: h\r\nContent-Length: 12\r\nExpect: 100-continue\r\n\r\nhello world.",
            "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nT: x\r\n\r\n",
            "OPTIONS * HTTP/1.0\r\n\r\n",
        ],
        words: [
            "Transfer-Encoding: chunked\r\n", "Content-Length: 5\r\n", "Host: b\r\n", "HTTP/1.1", " ", ":",
            "\r\n\r\n", "%00", "%2e%2e/", "[::1]", ":99999", "http://", "?", "#", "\u{B}", "0\r\n\r\n", "ffffffff\r\n",
        ]
    ) { input in
        var limits = Limits()
        limits.bodyBytes = 1 << 20
        guard let (head, length) = try HeadParser.parse(input.span, limits) else { return }
        try hold(length <= input.count && head.path.upperBound <= length, "the head lies within its bytes")
        _ = Query(head)
        _ = RouteTable([]).match(head)
        _ = head.authority.map { Authority(head.text($0)) }
        for field in head.fields { _ = Authority(origin: head.text(field.value)) }
        // However the body is cut, it is the same.
        let rest = Array(input[length...])
        let whole = decoded(rest, head.framing, piece: rest.count)
        let cut = decoded(rest, head.framing, piece: 1)
        try hold(whole == cut, "a body is the same however it is cut: \(whole) and \(cut)")
    }
}

private func decoded(_ bytes: [UInt8], _ framing: BodyFraming, piece: Int) -> String {
    var decoder = BodyDecoder(framing, limit: 1 << 20)
    var (output, place) = ([UInt8](), 0)
    do throws(Refusal) {
        while place < bytes.count, !decoder.isComplete {
            let end = min(bytes.count, place + max(1, piece))
            let used = try decoder.feed(bytes.span.extracting(place..<end), into: &output, room: .max)
            if used == 0 { break }
            place += used
        }
    } catch {
        return "refused \(error.status.rawValue)"
    }
    return "\(decoder.isComplete) \(place) \(output.count)"
}
