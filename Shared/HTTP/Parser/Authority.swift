import EventLoop

/// A host with its port, as RFC 3986 (3.2.2, 3.2.3) has them: of a Host field, of an absolute target, of an Origin.
public struct Authority: Sendable, Equatable {
    /// In lower case and without the dot at its end; an IPv6 address in its brackets.
    public let host: String
    /// The port, where one is told.
    public let port: Int?

    /// Reads `host:port`; nil for what is none.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let end = bytes.withUnsafeBufferPointer({ Self.hostEnd($0) }), end > 0 else { return nil }
        var host = bytes[..<end].map { Byte.lowercase($0) }
        if host.count > 1, host.last == UInt8(ascii: ".") { host.removeLast() }
        self.host = String(decoding: host, as: UTF8.self)
        port = end + 1 < bytes.count ? Int(String(decoding: bytes[(end + 1)...], as: UTF8.self)) : nil
    }

    /// Reads what a browser says in `Origin` (RFC 6454, section 7): a scheme and an authority and nothing else.
    public init?(origin text: String) {
        for scheme in ["http://", "https://"] where text.utf8.starts(with: scheme.utf8) {
            self.init(String(text.utf8.dropFirst(scheme.utf8.count)) ?? "")
            return
        }
        return nil
    }

    /// Whether it names this machine, whatever the port.
    public var isThisMachine: Bool { host == "localhost" || host == "127.0.0.1" || host == "[::1]" }

    /// Where the host ends in `host:port`; nil where it is none. The host may be empty, as in a request without one.
    static func hostEnd(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var end = 0
        if bytes.first == UInt8(ascii: "[") {
            while end < bytes.count, bytes[end] != UInt8(ascii: "]") { end += 1 }
            guard end < bytes.count, isIPv6(.init(rebasing: bytes[1..<end])) else { return nil }
            end += 1
        } else {
            while end < bytes.count, bytes[end] != Byte.colon {
                guard isNamePart(bytes, &end) else { return nil }
            }
        }
        guard end < bytes.count else { return end }
        var port = 0
        guard bytes[end] == Byte.colon, bytes.count - end <= 6 else { return nil }
        for byte in bytes[(end + 1)...] {
            guard Byte.isDigit(byte) else { return nil }
            port = port * 10 + Int(byte - 0x30)
        }
        return port <= 65_535 ? end : nil
    }

    /// A character of a name, or an escape of three.
    private static func isNamePart(_ bytes: UnsafeBufferPointer<UInt8>, _ place: inout Int) -> Bool {
        let byte = bytes[place]
        if byte == Byte.percent {
            guard place + 2 < bytes.count, Byte.hex(bytes[place + 1]) != nil, Byte.hex(bytes[place + 2]) != nil else {
                return false
            }
            place += 3
            return true
        }
        place += 1
        return Byte.isHost(byte) && byte != UInt8(ascii: "[") && byte != UInt8(ascii: "]")
    }

    private static func isIPv6(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count >= 2, bytes.count <= 45,
            bytes.allSatisfy({ $0 == Byte.colon || $0 == 0x2E || Byte.hex($0) != nil })
        else { return false }
        return (try? SocketAddress(ip: String(decoding: bytes, as: UTF8.self), port: 0)) != nil
            && bytes.contains(Byte.colon)
    }
}
