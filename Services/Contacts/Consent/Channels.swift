import ServiceKit
import Text

/// The channels by which a firm reaches its customers (C10), in the order in which it shows them: a list of the firm's.
struct Channels: Sendable {
    /// Their names, as decisions have them.
    let names: [String]
    private let labels: [String: String]

    /// What the firm says of them: names parted by commas, each with what people call it where that is not known by itself.
    ///
    /// `mail,sms,whatsapp=WhatsApp`
    init?(_ text: String) {
        var names: [String] = []
        var labels: [String: String] = [:]
        for part in text.unicodeScalars.split(separator: ",") {
            let (name, label) = String(part).parted(by: "=") ?? (String(part), "")
            let clean = name.trimmed
            guard Self.isName(clean), !names.contains(clean) else { return nil }
            names.append(clean)
            labels[clean] = label.trimmed.isEmpty ? nil : label.trimmed
        }
        guard names.contains("mail"), names.count <= 20 else { return nil }
        self.names = names
        self.labels = labels
    }

    /// The firm's list, where it says none what most have.
    static let setting = Setting<Channels>(
        "CHANNELS", default: Channels("mail,sms,phone,post,wechat"),
        help:
            "by which channels customers are reached, parted by commas, mail among them; what people call another, behind an equals sign: line=LINE"
    )

    /// What people call a channel, where the firm says it.
    func label(_ name: String) -> String? { labels[name] }

    private static func isName(_ text: String) -> Bool {
        (1...30).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }
}

extension Channels: LosslessStringConvertible {
    var description: String {
        names.map { name in labels[name].map { "\(name)=\($0)" } ?? name }.joined(separator: ",")
    }
}
