import CRMModel
import FoundationEssentials
import Text
import Writing

/// One record of another system on its way to be rows of ours.
struct MovedRecord {
    private let object: MovingObject
    private let owners: [String: String]
    private var row = MovingRow()
    private var id: String?
    private var firms: [String] = []
    private var people: [String] = []
    private var isFirm: Bool?
    private var addresses: [String: PartyDetails.Address] = [:]
    private var refused: [String] = []
    private var allowed = false
    private var reason: String?

    init(_ object: MovingObject, _ owners: [String: String]) {
        self.object = object
        self.owners = owners
    }

    /// Of a file of people of the other system: an id and what it stands for.
    var owner: (String, String)? {
        let whole = [row.cells["givenName"], row.cells["familyName"]].compactMap { $0 }.joined(separator: " ")
        let name = row.cells["name"] ?? whole
        return id.flatMap { name.isEmpty ? nil : ($0, name) }
    }

    /// Takes a cell.
    mutating func take(_ cell: MovingCell, _ value: String) {
        switch cell {
        case .to(let heading): row.add(heading == "street2" ? "street" : heading, value)
        case .html(let heading): row.add(heading, PlainText.of(html: value))
        case .id: id = object.prefix + value
        case .alsoCalled: row.cells["moved.alsoCalled"] = value
        case .model: if value != "res.partner" { reason = "is of \(value), which does not come in" }
        case .owner: row.cells["owner"] = owners[value] ?? value
        case .firm: firms += Self.ids(value).map { object.firmPrefix + $0 }
        case .people: people += Self.ids(value).map { object.peoplePrefix + $0 }
        case .optOut(let channels): if Self.isTrue(value) { refused += channels }
        case .legalBasis: if value.lowercased().contains("freely given consent") { allowed = true }
        case .address(let label, let part): take(label, part, value)
        case .isFirm: isFirm = Self.isTrue(value)
        case .deleted: if Self.isTrue(value) { reason = "was deleted there" }
        case .active: if !Self.isTrue(value) { reason = "was put away there" }
        }
    }

    private mutating func take(_ label: String, _ part: String, _ value: String) {
        var address = addresses[label] ?? PartyDetails.Address(label: label)
        switch part {
        case "street": address.street = value
        case "city": address.city = value
        case "region": address.region = value
        case "postalCode": address.postalCode = value
        default: address.country = Country.stored(value)
        }
        addresses[label] = address
    }

    /// The row of a record that does not come in.
    func leftOut(_ reason: String, _ origin: String) -> MovingRow {
        var row = MovingRow()
        row.cells = ["moved.origin": origin, "moved.leftOut": reason]
        row.cells["reference"] = id
        return row
    }

    /// What it becomes.
    func rows(_ origin: String) -> [MovingRow] {
        if let reason { return [leftOut(reason, origin)] }
        var row = row
        row.cells["moved.origin"] = origin
        row.cells["moved.consents"] = consents
        switch object.kind {
        case .notes: return notes(row, origin)
        case .relations:
            row.cells["reference"] = id
            row.cells["moved.firm"] = firms.first
            row.isBehind = true
            return [row]
        case .owners, .firms, .parties, .people:
            row.cells["reference"] = id
            let isFirm = isFirm ?? (object.kind == .firms)
            if isFirm { row.cells["kind"] = "enterprise" }
            // The firm is a party of its own, whose name stands there.
            if !firms.isEmpty { row.cells["organisation"] = nil }
            row.cells["addressCountry"] = row.cells["country"]
            let more = addresses.sorted { $0.key < $1.key }.map(\.value)
            if !more.isEmpty { row.cells["moreAddresses"] = try? ModelJSON.text(more) }
            if object.system == "odoo", row.cells["moved.alsoCalled"] == nil {
                row.cells["moved.alsoCalled"] = id.flatMap(Self.databaseID)
            }
            return [row] + relations(origin)
        }
    }

    private var consents: String? {
        let no = Set(refused).sorted().map { "\($0)/marketing=no" }
        let yes = allowed && !refused.contains("mail") ? ["mail/marketing=yes"] : []
        return no.isEmpty && yes.isEmpty ? nil : (no + yes).joined(separator: ";")
    }

    private func notes(_ row: MovingRow, _ origin: String) -> [MovingRow] {
        let day = row.cells["moved.at"].map { String($0.unicodeScalars.prefix(10)) }
        let head = [day, row.cells["owner"]].compactMap { $0 }.joined(separator: ", ")
        let body = [row.cells["moved.title"], row.cells["moved.note"]].compactMap { $0 }.joined(separator: "\n")
        guard !body.isEmpty else { return [leftOut("is an empty note", origin)] }
        let targets = id.map { [$0] } ?? firms + people
        guard !targets.isEmpty else { return [leftOut("is a note of nobody", origin)] }
        return targets.enumerated().map { index, target in
            var note = MovingRow()
            note.isBehind = true
            note.cells = [
                "moved.origin": origin, "reference": target,
                "moved.note": head.isEmpty ? body : "[\(head)] \(body)",
            ]
            if index > 0 { note.cells["moved.derived"] = "yes" }
            return note
        }
    }

    /// Which firms employ a person or stand above a firm, as rows that stand behind all parties and are not counted.
    private func relations(_ origin: String) -> [MovingRow] {
        guard let id else { return [] }
        let pairs = firms.map { (id, $0) } + people.map { ($0, id) }
        return pairs.filter { $0.0 != $0.1 }.map { party, firm in
            var relation = MovingRow()
            relation.isBehind = true
            relation.cells = [
                "moved.origin": origin, "moved.derived": "yes", "reference": party, "moved.firm": firm,
            ]
            return relation
        }
    }

    private static func ids(_ text: String) -> [String] {
        // Some write a list as JSON.
        text.unicodeScalars.split { ";,[]\"".unicodeScalars.contains($0) }.map { String($0).trimmed }
            .filter { !$0.isEmpty }
    }

    private static func isTrue(_ text: String) -> Bool {
        ["1", "true", "yes", "t", "y", "wahr", "是"].contains(text.lowercased())
    }

    /// The number in the database of what Odoo calls `__export__.res_partner_45_8c1f4d2a`.
    private static func databaseID(_ id: String) -> String? {
        guard let place = id.unicodeScalars.firstRange(of: "res_partner_".unicodeScalars) else { return nil }
        let digits = id.unicodeScalars[place.upperBound...].prefix { ("0"..."9").contains($0) }
        return digits.isEmpty ? nil : String(digits)
    }
}

/// The text of HTML, as notes are written in it.
enum PlainText {
    private static let breaks: Set<String> = ["br", "p", "div", "li", "tr", "h1", "h2", "h3", "ul", "ol", "table"]
    private static let signs = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " "]

    /// Without its tags: lines end where they do.
    static func of(html: String) -> String {
        guard html.utf8.contains(UInt8(ascii: "<")) || html.utf8.contains(UInt8(ascii: "&")) else { return html }
        var text = ""
        var rest = html.unicodeScalars[...]
        while let next = rest.popFirst() {
            if next == "<", let end = rest.firstIndex(of: ">") {
                let name = rest[..<end].drop { $0 == "/" }.prefix { $0.properties.isAlphabetic || $0.isNumber }
                let isBreak = breaks.contains(String(name).lowercased())
                if isBreak, !text.isEmpty, !text.hasSuffix("\n") { text += "\n" }
                rest = rest[rest.index(after: end)...]
            } else if next == "&", let end = rest.prefix(10).firstIndex(of: ";"), let sign = sign(String(rest[..<end]))
            {
                text += sign
                rest = rest[rest.index(after: end)...]
            } else {
                text.unicodeScalars.append(next)
            }
        }
        return text.trimmed
    }

    private static func sign(_ name: String) -> String? {
        if let known = signs[name] { return known }
        guard name.hasPrefix("#") else { return nil }
        let digits = name.dropFirst()
        let value = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return value.flatMap(Unicode.Scalar.init).map { String($0) }
    }
}

extension Unicode.Scalar {
    fileprivate var isNumber: Bool { ("0"..."9").contains(self) }
}
