/// Mail addresses as they are stored: trimmed, the host in lower case.
public enum MailAddress {
    private static let dot = UInt8(ascii: ".")

    /// The stored form; nil for what is no address.
    public static func normal(_ text: String) -> String? {
        let clean = text.trimmed
        guard clean.utf8.count <= 254, let at = clean.utf8.lastIndex(of: UInt8(ascii: "@")), at != clean.startIndex
        else { return nil }
        let host = clean[clean.index(after: at)...]
        let bytes = host.utf8
        guard bytes.contains(dot), bytes.first != dot, bytes.last != dot,
            !clean.unicodeScalars.contains(where: {
                $0.properties.isWhitespace || $0 == "," || $0 == "<" || $0 == ">" || $0 == "\0"
            })
        else { return nil }
        return clean[..<at] + "@" + host.lowercased()
    }

    /// An address as it is compared: without case and without what stands behind a plus, which the same person chose for some purpose.
    public static func alike(_ address: String) -> String {
        let parts = address.lowercased().split(separator: "@")
        guard parts.count == 2, let name = parts[0].split(separator: "+").first else { return address.lowercased() }
        return "\(name)@\(parts[1])"
    }

    /// Whether an address can stand in an envelope and a header as it is: ASCII, no space, nothing that begins another header or
    /// address.
    public static func isPlain(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && text.utf8.count <= 254
            && text.utf8.allSatisfy { $0 > 32 && $0 < 127 && !Array(",;:<>()[]\\\"".utf8).contains($0) }
    }
}
