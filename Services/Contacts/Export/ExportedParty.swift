import CRMModel
import FoundationEssentials

/// A party as exports write it, read from the JSON of `ExportStore`: by hand, as there may be a million of them.
struct ExportedParty: Sendable {
    var id = ""
    var kind = ""
    var name = ""
    var email: String?
    var phone: String?
    var language: String?
    var timeZone: String?
    var country: String?
    var notes: String?
    var tags: [String] = []
    var owner: String?
    var category: String?
    var birthday: String?
    var details = PartyDetails()
    /// As cells of a table, by their keys.
    var custom: [String: String] = [:]
    var references: [(system: String, reference: String)] = []
    var stage: String?
    var createdAt: String?
    var updatedAt: String?
    var consents: String?
    var value: String?

    /// Its mail addresses, the first the one to write to.
    var emails: [PartyDetails.Email] { details.emails(or: email) }

    /// Its telephone numbers, the first the one to call.
    var phones: [PartyDetails.Phone] { details.phones(or: phone) }

    /// What the files it came from call it.
    var ownReference: String? { references.first { $0.system == "import" }?.reference }
}

extension ExportedParty {
    /// Reads a row of `ExportStore.columns`.
    init(_ text: String) throws {
        self.init()
        var text = text
        try text.withUTF8 { bytes in
            var reader = JSONReader(UnsafeRawBufferPointer(bytes))
            var place = 0
            try reader.array { (reader) throws(JSONError) in
                try take(place, &reader, bytes)
                place += 1
            }
        }
    }

    private mutating func take(
        _ place: Int, _ reader: inout JSONReader, _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(JSONError) {
        switch place {
        case 0: id = try reader.string()
        case 1: kind = try reader.string()
        case 2: name = try reader.string()
        case 3: email = try reader.optionalString()
        case 4: phone = try reader.optionalString()
        case 5: language = try reader.optionalString()
        case 6: timeZone = try reader.optionalString()
        case 7: country = try reader.optionalString()
        case 8: notes = try reader.optionalString()
        case 9: tags = try Self.strings(&reader)
        case 10: owner = try reader.optionalString()
        case 11: category = try reader.optionalString()
        case 12: birthday = try reader.optionalString()
        case 13: if !reader.null() { try takeDetails(&reader) }
        case 14: if !reader.null() { try takeCustom(&reader, bytes) }
        case 15: if !reader.null() { try takeReferences(&reader) }
        case 16: stage = try reader.optionalString()
        case 17: createdAt = try reader.optionalString()
        case 18: updatedAt = try reader.optionalString()
        case 19: consents = try reader.optionalString()
        case 20: value = try reader.optionalString()
        default: try reader.skip()
        }
    }

    private static func strings(_ reader: inout JSONReader) throws(JSONError) -> [String] {
        var list: [String] = []
        try reader.array { (reader) throws(JSONError) in list.append(try reader.string()) }
        return list
    }

    /// The members of each object of a list, by their names.
    private static func objects(_ reader: inout JSONReader) throws(JSONError) -> [[String: String]] {
        var list: [[String: String]] = []
        try reader.array { (reader) throws(JSONError) in
            var members: [String: String] = [:]
            try reader.object { (key, reader) throws(JSONError) in members[key] = try reader.optionalString() }
            list.append(members)
        }
        return list
    }

    private mutating func takeDetails(_ reader: inout JSONReader) throws(JSONError) {
        try reader.object { (key, reader) throws(JSONError) in
            switch key {
            case "emails":
                details.emails = try Self.objects(&reader).map {
                    .init(address: $0["address"] ?? "", label: $0["label"])
                }
            case "phones":
                details.phones = try Self.objects(&reader).map {
                    .init(number: $0["number"] ?? "", label: $0["label"], extension: $0["extension"])
                }
            case "addresses":
                details.addresses = try Self.objects(&reader).map {
                    .init(
                        label: $0["label"], street: $0["street"], city: $0["city"], region: $0["region"],
                        postalCode: $0["postalCode"], country: $0["country"])
                }
            case "handles":
                details.handles = try Self.objects(&reader).map {
                    .init(network: $0["network"] ?? "", handle: $0["handle"] ?? "")
                }
            case "likes": details.likes = try Self.strings(&reader)
            case "preferences":
                var preferences: [String: String] = [:]
                try reader.object { (key, reader) throws(JSONError) in preferences[key] = try reader.optionalString() }
                details.preferences = preferences
            case "organisation": details.organisation = try reader.optionalString()
            case "title": details.title = try reader.optionalString()
            case "taxId": details.taxId = try reader.optionalString()
            default: try reader.skip()
            }
        }
    }

    private mutating func takeCustom(
        _ reader: inout JSONReader, _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(JSONError) {
        try reader.object { (key, reader) throws(JSONError) in
            var value = reader
            let range = try reader.range()
            let isText = bytes[range.lowerBound] == UInt8(ascii: "\"")
            custom[key] = isText ? try value.string() : String(decoding: bytes[range], as: UTF8.self)
        }
    }

    private mutating func takeReferences(_ reader: inout JSONReader) throws(JSONError) {
        try reader.array { (reader) throws(JSONError) in
            let pair = try Self.strings(&reader)
            if pair.count == 2 { references.append((pair[0], pair[1])) }
        }
    }
}
