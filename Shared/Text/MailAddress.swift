import CIDN

/// Mail addresses as they are stored: trimmed, the host in lower case, and such that a mail can be sent to.
public enum MailAddress {
    /// The stored form; nil for what nothing can be sent to (RFC 5321, 4.1.2; RFC 6531 for other scripts before the @). A host of another
    /// script is stored in its own letters.
    public static func normal(_ text: String) -> String? {
        guard let (local, host) = parts(text) else { return nil }
        return local + "@" + readable(host)
    }

    /// The address as it stands in an envelope, its host in ASCII (RFC 5891); nil for what is none, and where what stands before the @ is
    /// of another script, which only servers with SMTPUTF8 take.
    public static func envelope(_ address: String) -> String? {
        guard let (local, host) = parts(address), local.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        return local + "@" + host
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

    // MARK: Parts

    /// What stands before and behind the @, the host in ASCII.
    private static func parts(_ text: String) -> (local: String, host: String)? {
        let clean = text.trimmed
        guard clean.utf8.count <= 254, let at = clean.utf8.lastIndex(of: UInt8(ascii: "@")) else { return nil }
        var local = clean[..<at]
        // Quotes around what needs none mean nothing (RFC 5321, 4.1.2).
        if local.count > 2, local.first == "\"", local.last == "\"" { local = local.dropFirst().dropLast() }
        guard isLocal(local), let host = plainHost(clean[clean.index(after: at)...].lowercased()), isHost(host)
        else { return nil }
        return (String(local), host)
    }

    /// Letters, digits and signs of an atom, with points between and not beside each other (RFC 5322, 3.2.3).
    private static func isLocal(_ local: Substring) -> Bool {
        guard (1...64).contains(local.utf8.count) else { return false }
        let parts = local.split(separator: ".", omittingEmptySubsequences: false)
        return parts.allSatisfy { part in !part.isEmpty && part.unicodeScalars.allSatisfy(isOfAtom) }
    }

    private static func isOfAtom(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            return (0x30...0x39).contains(scalar.value) || (0x61...0x7A).contains(scalar.value | 0x20)
                || "!#$%&'*+-/=?^_`{|}~".unicodeScalars.contains(scalar)
        }
        switch scalar.properties.generalCategory {
        case .format, .control, .unassigned, .privateUse, .surrogate, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            return false
        default: return true
        }
    }

    /// Names of letters, digits and hyphens, two at least, the last no number.
    private static func isHost(_ host: String) -> Bool {
        let names = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard names.count >= 2, host.utf8.count <= 253, let last = names.last else { return false }
        let hyphen = UInt8(ascii: "-")
        return names.allSatisfy { name in
            (1...63).contains(name.count) && name.first != hyphen && name.last != hyphen
                && name.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == hyphen }
        } && !last.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// The host in ASCII, its names of other scripts as IDNA has them; nil where one cannot be.
    private static func plainHost(_ host: String) -> String? {
        if host.utf8.allSatisfy({ $0 < 0x80 }) { return host }
        var output: UnsafeMutablePointer<CChar>?
        // As browsers and mail servers read it: UTS 46 without the exceptions of its first years.
        guard idn2_to_ascii_8z(host, &output, Int32(IDN2_NONTRANSITIONAL.rawValue)) == 0, let output else { return nil }
        defer { idn2_free(output) }
        return String(cString: output)
    }

    /// A host as people read it.
    private static func readable(_ host: String) -> String {
        guard host.contains("xn--") else { return host }
        var output: UnsafeMutablePointer<CChar>?
        guard idn2_to_unicode_8z8z(host, &output, 0) == 0, let output else { return host }
        defer { idn2_free(output) }
        return String(cString: output)
    }
}
