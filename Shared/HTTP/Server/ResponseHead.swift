import EventLoop

/// Writes the head of an answer.
@Loop
enum ResponseHead {
    /// How the peer learns where the body ends.
    enum Framing {
        case length(Int)
        case chunked
        /// The end of the connection, for HTTP/1.0.
        case close
    }

    /// Writes the answer's own fields, and what browsers must not do with any answer: guess its type, hand it to a page of another site, show it
    /// in a frame, keep it. Refusals of the server get that too, which no middleware sees.
    static func append(
        _ response: Response, _ framing: Framing, keepsAlive: Bool, isSecure: Bool, to out: inout [UInt8]
    ) {
        out.append(contentsOf: statusLine(response.status))
        out.append(contentsOf: HTTPDate.currentLine)
        var (hasCacheControl, hasPolicy) = (false, false)
        for field in response.headers.fields where !isOurs(field.name) {
            append(clean: field.name, to: &out)
            out.append(Byte.colon)
            out.append(Byte.space)
            append(clean: field.value, to: &out)
            switch field.name.utf8.count {
            case 13 where Headers.isSame(field.name, "cache-control"): hasCacheControl = true
            case 23 where Headers.isSame(field.name, "content-security-policy"):
                hasPolicy = true
                append("; frame-ancestors 'none'; base-uri 'none'", to: &out)
            default: break
            }
            append("\r\n", to: &out)
        }
        append("x-content-type-options: nosniff\r\ncross-origin-resource-policy: same-origin\r\n", to: &out)
        if !hasCacheControl { append("cache-control: no-store\r\n", to: &out) }
        if !hasPolicy {
            append("content-security-policy: default-src 'none'; frame-ancestors 'none'; base-uri 'none'\r\n", to: &out)
        }
        if isSecure { append("strict-transport-security: max-age=31536000\r\n", to: &out) }
        switch framing {
        case .length(let count) where !response.status.isBodyless:
            append("content-length: ", to: &out)
            append(count, to: &out)
            append("\r\n", to: &out)
        case .chunked where !response.status.isBodyless: append("transfer-encoding: chunked\r\n", to: &out)
        default: break
        }
        append(keepsAlive ? "\r\n" : "connection: close\r\n\r\n", to: &out)
    }

    private static var lines: [Status: [UInt8]] = [:]

    private static func statusLine(_ status: Status) -> [UInt8] {
        if let line = lines[status] { return line }
        // A handler's mistake must not become a malformed answer.
        let code = 200...599 ~= status.rawValue ? status : .internalError
        let line = Array("HTTP/1.1 \(code.rawValue) \(code.reason)\r\n".utf8)
        lines[status] = line
        return line
    }

    private static func append(_ text: StaticString, to out: inout [UInt8]) {
        text.withUTF8Buffer { out.append(contentsOf: $0) }
    }

    static func append(_ number: Int, radix: Int = 10, to out: inout [UInt8]) {
        if number < 10 { return out.append(0x30 + UInt8(truncatingIfNeeded: number)) }
        out.append(contentsOf: String(number, radix: radix).utf8)
    }

    /// Text of a handler, which may hold a caller's: line ends in it must not end the field.
    private static func append(clean text: String, to out: inout [UInt8]) {
        let start = out.count
        out.append(contentsOf: text.utf8)
        for index in start..<out.count where !Byte.isFieldValue(out[index]) { out[index] = Byte.space }
    }

    /// Fields that the server alone writes.
    private static func isOurs(_ name: String) -> Bool {
        switch name.utf8.count {
        case 4: Headers.isSame(name, "date")
        case 10: Headers.isSame(name, "connection") || Headers.isSame(name, "keep-alive")
        case 14: Headers.isSame(name, "content-length")
        case 17: Headers.isSame(name, "transfer-encoding")
        default: false
        }
    }
}
