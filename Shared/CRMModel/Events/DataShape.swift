import FoundationEssentials

/// The shape of JSON that a type reads, for the description of topics.
public indirect enum DataShape: Sendable, Equatable {
    /// Text, of a format of JSON Schema where it has one.
    case text(format: String? = nil)
    /// A whole number.
    case integer
    /// Any number.
    case number
    /// `true` or `false`.
    case boolean
    /// A list.
    case list(DataShape)
    /// Members of any name.
    case map(DataShape)
    /// Named members.
    case object([Member])
    /// Anything.
    case any

    /// What a type reads.
    public static func of(_ type: any Decodable.Type) -> DataShape { ShapeDecoder.shape(of: type) }

    /// A member of an object; one that is not needed may be absent or null.
    public struct Member: Sendable, Equatable {
        /// Its name.
        public let name: String
        /// What it holds.
        public let shape: DataShape
        /// Whether a reader insists on it.
        public let isNeeded: Bool

        /// Describes a member.
        public init(_ name: String, _ shape: DataShape, needed isNeeded: Bool = true) {
            self.name = name
            self.shape = shape
            self.isNeeded = isNeeded
        }
    }
}

/// Finds the shape that a type reads by letting it read: it is given a value of whatever it asks for, and what it asks for is noted. So
/// the description cannot differ from the code.
final class ShapeDecoder: Decoder {
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]
    fileprivate var shape = DataShape.any
    fileprivate var members: [DataShape.Member] = []

    /// The shape of what a type reads; `any` where it refuses the values that it is given.
    static func shape(of type: any Decodable.Type) -> DataShape {
        (try? read(type))?.shape ?? .any
    }

    fileprivate static func read<T: Decodable>(_ type: T.Type) throws -> (value: T, shape: DataShape) {
        let known: (any Sendable, DataShape)? =
            switch type {
            case is UUID.Type: (UUID(), .text(format: "uuid"))
            case is Date.Type: (Date(timeIntervalSince1970: 0), .text(format: "date-time"))
            case is Amount.Type: (Amount.zero, .text(format: "decimal"))
            case is ExchangeRate.Type: (ExchangeRate("1"), .text(format: "decimal"))
            case is CalendarDay.Type: (CalendarDay("2010-12-01"), .text(format: "date"))
            case is String.Type: ("", .text())
            case is Bool.Type: (false, .boolean)
            case is Int.Type: (1, .integer)
            case is Double.Type: (1.0, .number)
            default: nil
            }
        if let known, let value = known.0 as? T { return (value, known.1) }
        let decoder = ShapeDecoder()
        let value = try T(from: decoder)
        return (value, decoder.shape)
    }

    fileprivate func note(_ name: String, _ shape: DataShape, isNeeded: Bool) {
        members.append(DataShape.Member(name, shape, needed: isNeeded))
        self.shape = .object(members)
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        // A struct knows its names; only a dictionary takes any.
        if Key(stringValue: "any name") != nil {
            return KeyedDecodingContainer(ShapeOfMap<Key>(decoder: self))
        }
        return KeyedDecodingContainer(ShapeOfObject<Key>(decoder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { ShapeOfList(decoder: self) }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { ShapeOfValue(decoder: self) }
}

/// What a struct reads by name.
private final class ShapeOfObject<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let codingPath: [any CodingKey] = []
    let allKeys: [Key] = []
    private let decoder: ShapeDecoder
    private var optional: Set<String> = []

    init(decoder: ShapeDecoder) { self.decoder = decoder }

    func contains(_ key: Key) -> Bool { true }

    /// Only optional members are asked whether they are null.
    func decodeNil(forKey key: Key) throws -> Bool {
        optional.insert(key.stringValue)
        return false
    }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        let found = try ShapeDecoder.read(type)
        decoder.note(key.stringValue, found.shape, isNeeded: !optional.contains(key.stringValue))
        return found.value
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { try ShapeDecoder().container(keyedBy: type) }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try ShapeDecoder().unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { ShapeDecoder() }
    func superDecoder(forKey key: Key) throws -> any Decoder { ShapeDecoder() }
}

/// What a dictionary reads: one member of any name.
private final class ShapeOfMap<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let codingPath: [any CodingKey] = []
    let allKeys: [Key]
    private let decoder: ShapeDecoder

    init(decoder: ShapeDecoder) {
        self.decoder = decoder
        allKeys = Key(stringValue: "name").map { [$0] } ?? []
    }

    func contains(_ key: Key) -> Bool { true }
    func decodeNil(forKey key: Key) throws -> Bool { false }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        let found = try ShapeDecoder.read(type)
        decoder.shape = .map(found.shape)
        return found.value
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { try ShapeDecoder().container(keyedBy: type) }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try ShapeDecoder().unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { ShapeDecoder() }
    func superDecoder(forKey key: Key) throws -> any Decoder { ShapeDecoder() }
}

/// What a list reads: one element.
private struct ShapeOfList: UnkeyedDecodingContainer {
    let codingPath: [any CodingKey] = []
    let count: Int? = 1
    var isAtEnd: Bool { currentIndex > 0 }
    var currentIndex = 0
    let decoder: ShapeDecoder

    init(decoder: ShapeDecoder) { self.decoder = decoder }

    mutating func decodeNil() throws -> Bool { false }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let found = try ShapeDecoder.read(type)
        currentIndex += 1
        decoder.shape = .list(found.shape)
        return found.value
    }

    mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        try ShapeDecoder().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try ShapeDecoder().unkeyedContainer()
    }

    mutating func superDecoder() throws -> any Decoder { ShapeDecoder() }
}

/// What a type with a single value reads.
private struct ShapeOfValue: SingleValueDecodingContainer {
    let codingPath: [any CodingKey] = []
    let decoder: ShapeDecoder

    func decodeNil() -> Bool { false }

    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let found = try ShapeDecoder.read(type)
        decoder.shape = found.shape
        return found.value
    }
}
