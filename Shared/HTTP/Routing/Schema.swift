import FoundationEssentials

/// The shape of a JSON value, for OpenAPI and for checking parameters.
public indirect enum Schema: Sendable {
    /// Any text.
    case string
    /// Text of a format of JSON Schema: `uuid`, `date`, `date-time`, `email`, `decimal`.
    case format(String)
    /// One of the given texts.
    case enumeration([String])
    /// A whole number, within bounds if given.
    case integer(ClosedRange<Int>? = nil)
    /// Any number.
    case number
    /// `true` or `false`.
    case boolean
    /// A list.
    case array(Schema)
    /// Named members.
    case object([Property])
    /// Members of any name with values of one shape.
    case map(Schema)
    /// The value or null.
    case nullable(Schema)
    /// A shape that the document describes once under its name.
    case named(String, Schema)
    /// A shape described elsewhere in the document, for shapes that contain themselves.
    case reference(String)
    /// Anything.
    case any

    /// An id.
    public static let uuid = Schema.format("uuid")
    /// A day.
    public static let date = Schema.format("date")
    /// A moment.
    public static let dateTime = Schema.format("date-time")

    /// One member of an object.
    public struct Property: Sendable {
        /// Its name.
        public let name: String
        /// What it holds.
        public let schema: Schema
        /// Whether it is always there.
        public let isRequired: Bool
        let mayBeNull: Bool
        let description: String

        /// A member; `required` unless said otherwise. One that may be left out may be null too, for bodies are read so; `null` says
        /// otherwise.
        public init(
            _ name: String, _ schema: Schema, required: Bool = true, null mayBeNull: Bool = true,
            _ description: String = ""
        ) {
            self.name = name
            self.schema = schema
            isRequired = required
            self.mayBeNull = mayBeNull && !required
            self.description = description
        }
    }

    /// An object with more members.
    public func with(_ more: [Property]) -> Schema {
        guard case .object(let members) = self else { return self }
        return .object(members + more)
    }

    /// What is wrong with a parameter's text, for people; nil where nothing is.
    func complaint(about text: String) -> String? {
        switch self {
        case .format("uuid"): isUUID(text) ? nil : "must be a UUID"
        case .format("date"): isDate(text[...]) ? nil : "must be a date, YYYY-MM-DD"
        case .format("date-time"): isMoment(text) ? nil : "must be a moment, YYYY-MM-DDThh:mm:ssZ"
        case .enumeration(let values):
            values.contains(text) ? nil : "must be one of \(values.joined(separator: ", "))"
        case .integer(let range): integerComplaint(text, range)
        case .number: Double(text).map(\.isFinite) == true ? nil : "must be a number"
        case .boolean: text == "true" || text == "false" ? nil : "must be true or false"
        case .array(let element): element.complaint(about: text)
        case .nullable(let schema), .named(_, let schema): schema.complaint(about: text)
        default: nil
        }
    }

    /// Foundation's reading goes through `scanf`, which every request with an id would pay.
    private func isUUID(_ text: String) -> Bool {
        text.utf8.count == 36
            && text.utf8.enumerated().allSatisfy { place, character in
                switch place {
                case 8, 13, 18, 23: character == UInt8(ascii: "-")
                default: Byte.hex(character) != nil
                }
            }
    }

    private func integerComplaint(_ text: String, _ range: ClosedRange<Int>?) -> String? {
        guard let number = Int(text) else { return "must be a whole number" }
        guard let range, !range.contains(number) else { return nil }
        return "must be from \(range.lowerBound) to \(range.upperBound)"
    }

    private func isDate(_ text: Substring) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], text.utf8.allSatisfy({ Byte.isDigit($0) || $0 == 0x2D }),
            let month = Int(parts[1]), let day = Int(parts[2])
        else { return false }
        return (1...12).contains(month) && (1...31).contains(day)
    }

    private func isMoment(_ text: String) -> Bool {
        guard text.utf8.count >= 20, isDate(text.prefix(10)) else { return false }
        return (try? Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains(".")).parse(text)) != nil
    }

    var isArray: Bool {
        switch self {
        case .array: true
        case .named(_, let schema), .nullable(let schema): schema.isArray
        default: false
        }
    }
}
