import CRMModel
import Crypto
import FoundationEssentials
import Text

/// A whole mail, RFC 5322, lines ended by LF; the same message makes the same bytes each time.
struct Mail: Sendable {
    let id: UUID
    let createdAt: Date
    /// Whether it may have been handed over before.
    let isRepeated: Bool
    let from: String
    let to: String
    let bytes: [UInt8]

    /// Composes the mail of a message; throws `DeliveryFailure` where it can never be sent.
    init(_ message: ClaimedMessage, _ settings: MailSettings) throws {
        guard message.channel == "mail" else {
            throw DeliveryFailure(isPermanent: true, description: "there is no channel \(message.channel)")
        }
        guard let address = message.address.flatMap(MailAddress.envelope), MailAddress.isPlain(address) else {
            let isOther = message.address.flatMap(MailAddress.normal) != nil
            throw DeliveryFailure(
                isPermanent: true,
                description: isOther
                    ? "the address is of another script before the @, which few servers take (SMTPUTF8)"
                    : "there is no mail address that can be used")
        }
        guard let template = Template.all[message.template] else {
            throw DeliveryFailure(isPermanent: true, description: "there is no template \(message.template)")
        }
        let link = message.isMarketing ? message.data["unsubscribe"].flatMap(Self.link) : nil
        let text = template.rendered(message.language, fallback: settings.language, message.data, unsubscribe: link)
        id = message.id
        createdAt = message.createdAt
        isRepeated = message.attempt > 1
        from = settings.from
        to = address
        let name = message.id.text
        let domain = settings.from.split(separator: "@").last ?? "localhost"
        var lines = [
            "From: \(from)", "To: \(address)", "Subject: \(HeaderText.encoded(text.subject))",
            "Date: \(HeaderText.date(message.createdAt))", "Message-ID: <\(name)@\(domain)>",
            "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
        ]
        if message.isMarketing {
            let mailto = "<mailto:\(from)?subject=unsubscribe>"
            lines.append("List-Unsubscribe: " + (link.map { "<\($0)>,\n \(mailto)" } ?? mailto))
            if link?.hasPrefix("https://") == true { lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click") }
        }
        // No line of base 64 begins with hyphens, so this stands nowhere else.
        let boundary = "rapport-\(name)"
        lines.append("Content-Type: multipart/alternative;\n boundary=\"\(boundary)\"\n")
        for (type, body) in [("plain", text.text), ("html", text.html)] {
            lines += [
                "--\(boundary)", "Content-Type: text/\(type); charset=utf-8", "Content-Transfer-Encoding: base64\n",
            ]
            lines += HeaderText.base64Lines(body)
        }
        lines.append("--\(boundary)--\n")
        bytes = Array(lines.joined(separator: "\n").utf8)
    }

    /// A web address that may stand in a header; nil for anything else.
    private static func link(_ text: String) -> String? {
        guard text.hasPrefix("https://") || text.hasPrefix("http://"), text.utf8.count <= 900,
            text.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != 0x3C && $0 != 0x3E && $0 != 0x2C })
        else { return nil }
        return text
    }
}

/// Texts as headers and bodies of mails carry them.
enum HeaderText {
    /// One line that stands in a header: as it is where it is ASCII, else as encoded words (RFC 2047), folded.
    static func encoded(_ text: String) -> String {
        let line = String(String.UnicodeScalarView(text.unicodeScalars.map { isBreaking($0) ? " " : $0 }))
        let isPlain = line.utf8.allSatisfy { $0 < 127 } && line.utf8.count <= 66 && !line.contains("=?")
        if isPlain { return line }
        var words: [String] = []
        var bytes: [UInt8] = []
        for scalar in line.unicodeScalars {
            let next = Array(String(scalar).utf8)
            // With its frame a word takes 64 characters; 75 are allowed, and the first shares its line with the name.
            if bytes.count + next.count > 39 {
                words.append(word(bytes))
                bytes = []
            }
            bytes += next
        }
        words.append(word(bytes))
        return words.joined(separator: "\n ")
    }

    private static func word(_ bytes: [UInt8]) -> String { "=?utf-8?B?\(Base64.encode(bytes))?=" }

    /// Controls and the line ends of Unicode.
    private static func isBreaking(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control || scalar.value == 0x2028 || scalar.value == 0x2029
    }

    /// UTF-8 in base 64, 76 characters a line.
    static func base64Lines(_ text: String) -> [String] {
        var rest = Base64.encode(Array(text.utf8))[...]
        var lines: [String] = []
        while !rest.isEmpty {
            lines.append(String(rest.prefix(76)))
            rest = rest.dropFirst(76)
        }
        return lines
    }

    /// A moment as RFC 5322 writes it: `Wed, 01 Dec 2010 08:26:00 +0000`.
    static func date(_ date: Date) -> String {
        let text = Array(RFC3339.string(date))
        let month = Int(String(text[5...6])) ?? 1
        let days = Int((date.timeIntervalSince1970 / 86_400).rounded(.down))
        let weekday = ((days + 4) % 7 + 7) % 7
        let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let time = String(text[11...18])
        return "\(weekdays[weekday]), \(String(text[8...9])) \(months[month - 1]) \(String(text[0...3])) \(time) +0000"
    }
}
