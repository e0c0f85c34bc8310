import Crypto
import FoundationEssentials

/// The data of an event, which knows its type and how to read itself.
public protocol EventData: Sendable {
    /// `owner.aggregate.past-tense` without version.
    static var type: String { get }
    /// The version of the type; additive change does not raise it.
    static var version: Int { get }
    /// The shape of its JSON, for the description of topics.
    static var shape: DataShape { get }
    /// Reads JSON; errors name the field.
    init(json: UnsafeRawBufferPointer) throws(JSONError)
    /// Throws where a member is of the right type and not as it must be, by the rules of `Judgement`. Whoever reads an event calls it.
    func judge() throws(JSONError)
}

extension EventData {
    /// `owner.aggregate.past-tense.vN`, as it stands in `ce_type`.
    public static var versionedType: String { "\(type).v\(version)" }
    /// Most types have their first version.
    public static var version: Int { 1 }
    /// Unknown, unless the type tells.
    public static var shape: DataShape { .any }
    /// Most of our own events need no more than their types.
    public func judge() throws(JSONError) {}
}

extension EventData where Self: Decodable {
    /// What the general decoder reads.
    public static var shape: DataShape { ShapeDecoder.shape(of: Self.self) }

    /// Reads with the general decoder.
    public init(json: UnsafeRawBufferPointer) throws(JSONError) {
        try Judgement.withoutNUL(json)
        do {
            self = try ModelJSON.decoder.decode(Self.self, from: Data(json))
        } catch let error as DecodingError {
            throw ModelJSON.problem(error)
        } catch {
            throw JSONError(field: "", message: "expected JSON")
        }
        try judge()
    }
}

/// The one JSON dialect of the suite: RFC 3339 times, decimal strings.
public enum ModelJSON {
    /// Reads the suite's dialect.
    public static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            guard let date = RFC3339.date(try container.decode(String.self)) else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "expected a time such as \"2010-12-01T08:26:00Z\"")
            }
            return date
        }
        return decoder
    }

    /// Writes the suite's dialect, keys sorted, so that equal values have equal bytes.
    public static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(RFC3339.string(date))
        }
        return encoder
    }

    /// Writes a value as text.
    public static func text(_ value: some Encodable) throws -> String {
        String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// The field and the expectation behind an error of the decoder.
    public static func problem(_ error: DecodingError) -> JSONError {
        func field(_ path: [any CodingKey], _ last: (any CodingKey)? = nil) -> String {
            (path + (last.map { [$0] } ?? [])).reduce(into: "") { text, key in
                if let index = key.intValue {
                    text += "[\(index)]"
                } else {
                    text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
                }
            }
        }
        switch error {
        case .keyNotFound(let key, let context):
            return JSONError(field: field(context.codingPath, key), message: "expected a value; the field is missing")
        case .valueNotFound(_, let context):
            return JSONError(field: field(context.codingPath), message: "expected a value, not null")
        case .typeMismatch(let type, let context):
            return JSONError(field: field(context.codingPath), message: "expected \(word(for: type))")
        case .dataCorrupted(let context):
            return JSONError(field: field(context.codingPath), message: context.debugDescription)
        @unknown default:
            return JSONError(field: "", message: "expected JSON")
        }
    }

    /// A type in words of JSON.
    private static func word(for type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is any BinaryInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        default: "\(type)".hasPrefix("Array") ? "a list" : "an object"
        }
    }
}

/// Ids are written in lower case (RFC 9562, section 4), as PostgreSQL writes them and as keys have them, so that texts can be compared.
/// Synthesised conformances prefer these to the general members.
extension KeyedEncodingContainer {
    /// Writes an id.
    public mutating func encode(_ id: UUID, forKey key: Key) throws {
        try encode(id.text, forKey: key)
    }

    /// Writes an id, or nothing.
    public mutating func encodeIfPresent(_ id: UUID?, forKey key: Key) throws {
        try encodeIfPresent(id?.text, forKey: key)
    }

    /// Writes ids.
    public mutating func encode(_ ids: [UUID], forKey key: Key) throws {
        try encode(ids.map(\.text), forKey: key)
    }
}
