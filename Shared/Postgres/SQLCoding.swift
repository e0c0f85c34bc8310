import FoundationEssentials

/// A value that can be a statement's parameter, in PostgreSQL's binary format.
public protocol SQLEncodable {
    /// The parameter's type id (`pg_type.oid`).
    static var sqlType: UInt32 { get }
    /// The type id of an array of it.
    static var sqlArrayType: UInt32 { get }
    /// Appends the bytes; false for null.
    func encode(into bytes: inout [UInt8]) -> Bool
}

/// A value that can be read from a column in PostgreSQL's binary format.
public protocol SQLDecodable {
    /// The types of columns that it reads (`pg_type.oid`).
    static var sqlColumnTypes: [UInt32] { get }
    /// Reads the bytes of a column that is not null; nil when they do not fit the type.
    init?(sqlBytes: UnsafeRawBufferPointer)
    /// The value that stands for null; nil where null is an error.
    static var sqlNull: Self? { get }
}

extension SQLDecodable {
    /// Null is an error unless the type is optional.
    @inlinable public static var sqlNull: Self? { nil }
}

/// A byte string (`bytea`).
public struct SQLBytes: SQLEncodable, SQLDecodable, Sendable {
    /// What it reads.
    public static var sqlColumnTypes: [UInt32] { [17] }
    /// The bytes.
    public let bytes: [UInt8]
    /// Wraps bytes.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }
    /// `bytea`.
    public static var sqlType: UInt32 { 17 }
    /// `bytea[]`.
    public static var sqlArrayType: UInt32 { 1001 }
    /// Appends them as they are.
    public func encode(into target: inout [UInt8]) -> Bool {
        target.append(contentsOf: bytes)
        return true
    }
    /// Copies the column.
    public init?(sqlBytes: UnsafeRawBufferPointer) { bytes = [UInt8](sqlBytes) }
}

/// JSON text for a `jsonb` parameter.
public struct SQLJSON: SQLEncodable, Sendable {
    /// UTF-8 JSON.
    public let bytes: [UInt8]
    /// Wraps JSON text, which the server checks.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }
    /// `jsonb`.
    public static var sqlType: UInt32 { 3802 }
    /// `jsonb[]`.
    public static var sqlArrayType: UInt32 { 3807 }
    /// The binary form of jsonb begins with its version, 1.
    public func encode(into target: inout [UInt8]) -> Bool {
        target.append(1)
        target.append(contentsOf: bytes)
        return true
    }
}

extension FixedWidthInteger {
    fileprivate func append(to bytes: inout [UInt8]) {
        withUnsafeBytes(of: bigEndian) { bytes.append(contentsOf: $0) }
    }

    fileprivate init?(bigEndianBytes raw: UnsafeRawBufferPointer) {
        guard raw.count == MemoryLayout<Self>.size else { return nil }
        self.init(bigEndian: raw.loadUnaligned(as: Self.self))
    }
}

extension Int: SQLEncodable, SQLDecodable {
    /// What it reads.
    public static var sqlColumnTypes: [UInt32] { [20, 23, 21] }
    /// `bigint`.
    public static var sqlType: UInt32 { 20 }
    /// `bigint[]`.
    public static var sqlArrayType: UInt32 { 1016 }
    /// Eight bytes.
    public func encode(into bytes: inout [UInt8]) -> Bool {
        Int64(self).append(to: &bytes)
        return true
    }
    /// Reads `smallint`, `integer` and `bigint`.
    public init?(sqlBytes raw: UnsafeRawBufferPointer) {
        switch raw.count {
        case 8: self = Int(Int64(bigEndian: raw.loadUnaligned(as: Int64.self)))
        case 4: self = Int(Int32(bigEndian: raw.loadUnaligned(as: Int32.self)))
        case 2: self = Int(Int16(bigEndian: raw.loadUnaligned(as: Int16.self)))
        default: return nil
        }
    }
}

extension Double: SQLEncodable, SQLDecodable {
    /// What it reads.
    public static var sqlColumnTypes: [UInt32] { [701] }
    /// `double precision`.
    public static var sqlType: UInt32 { 701 }
    /// `double precision[]`.
    public static var sqlArrayType: UInt32 { 1022 }
    /// Eight bytes.
    public func encode(into bytes: inout [UInt8]) -> Bool {
        bitPattern.append(to: &bytes)
        return true
    }
    /// Reads `double precision`.
    public init?(sqlBytes: UnsafeRawBufferPointer) {
        guard let bits = UInt64(bigEndianBytes: sqlBytes) else { return nil }
        self.init(bitPattern: bits)
    }
}

extension Bool: SQLEncodable, SQLDecodable {
    /// What it reads.
    public static var sqlColumnTypes: [UInt32] { [16] }
    /// `boolean`.
    public static var sqlType: UInt32 { 16 }
    /// `boolean[]`.
    public static var sqlArrayType: UInt32 { 1000 }
    /// One byte.
    public func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(self ? 1 : 0)
        return true
    }
    /// Reads `boolean`.
    public init?(sqlBytes: UnsafeRawBufferPointer) {
        guard sqlBytes.count == 1 else { return nil }
        self = sqlBytes[0] != 0
    }
}

extension String: SQLEncodable, SQLDecodable {
    /// What it reads.
    public static var sqlColumnTypes: [UInt32] { [25, 1043, 114, 19, 1042] }
    /// `text`.
    public static var sqlType: UInt32 { 25 }
    /// `text[]`.
    public static var sqlArrayType: UInt32 { 1009 }
    /// UTF-8.
    public func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(contentsOf: utf8)
        return true
    }
    /// Reads `text`, `varchar`, `json` and `name`.
    public init?(sqlBytes: UnsafeRawBufferPointer) { self.init(decoding: sqlBytes, as: UTF8.self) }
}

extension UUID: SQLEncodable, SQLDecodable {
    /// What it reads.
    public static var sqlColumnTypes: [UInt32] { [2950] }
    /// `uuid`.
    public static var sqlType: UInt32 { 2950 }
    /// `uuid[]`.
    public static var sqlArrayType: UInt32 { 2951 }
    /// Sixteen bytes.
    public func encode(into bytes: inout [UInt8]) -> Bool {
        withUnsafeBytes(of: uuid) { bytes.append(contentsOf: $0) }
        return true
    }
    /// Reads `uuid`.
    public init?(sqlBytes: UnsafeRawBufferPointer) {
        guard sqlBytes.count == 16 else { return nil }
        self.init(uuid: sqlBytes.loadUnaligned(as: uuid_t.self))
    }
}

extension Date: SQLEncodable, SQLDecodable {
    /// What it reads.
    public static var sqlColumnTypes: [UInt32] { [1184] }
    /// `timestamptz`.
    public static var sqlType: UInt32 { 1184 }
    /// `timestamptz[]`.
    public static var sqlArrayType: UInt32 { 1185 }
    /// PostgreSQL counts microseconds since 2000-01-01.
    private static var epoch: Double { 946_684_800 }
    /// Microseconds, eight bytes.
    public func encode(into bytes: inout [UInt8]) -> Bool {
        Int64(((timeIntervalSince1970 - Self.epoch) * 1e6).rounded()).append(to: &bytes)
        return true
    }
    /// Reads `timestamptz`.
    public init?(sqlBytes: UnsafeRawBufferPointer) {
        guard let microseconds = Int64(bigEndianBytes: sqlBytes) else { return nil }
        self.init(timeIntervalSince1970: Double(microseconds) / 1e6 + Self.epoch)
    }
}

extension Optional: SQLEncodable where Wrapped: SQLEncodable {
    /// The wrapped type's.
    public static var sqlType: UInt32 { Wrapped.sqlType }
    /// The wrapped type's.
    public static var sqlArrayType: UInt32 { Wrapped.sqlArrayType }
    /// Nil is null.
    public func encode(into bytes: inout [UInt8]) -> Bool { self?.encode(into: &bytes) ?? false }
}

extension Optional: SQLDecodable where Wrapped: SQLDecodable {
    /// The wrapped type's.
    public static var sqlColumnTypes: [UInt32] { Wrapped.sqlColumnTypes }
    /// Reads a value that is not null.
    @inlinable public init?(sqlBytes: UnsafeRawBufferPointer) {
        guard let value = Wrapped(sqlBytes: sqlBytes) else { return nil }
        self = .some(value)
    }
    /// Null is nil.
    @inlinable public static var sqlNull: Self? { .some(.none) }
}

extension Array: SQLEncodable where Element: SQLEncodable {
    /// The element's array type.
    public static var sqlType: UInt32 { Element.sqlArrayType }
    /// Arrays of arrays are not used.
    public static var sqlArrayType: UInt32 { 0 }
    /// One dimension, lower bound 1 (`array_recv` in the server's source).
    public func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.reserveCapacity(bytes.count + 20 + count * 20)
        (isEmpty ? Int32(0) : Int32(1)).append(to: &bytes)
        Int32(0).append(to: &bytes)
        Element.sqlType.append(to: &bytes)
        if isEmpty { return true }
        Int32(count).append(to: &bytes)
        Int32(1).append(to: &bytes)
        for element in self {
            let place = bytes.count
            Int32(-1).append(to: &bytes)
            if element.encode(into: &bytes) {
                let length = Int32(bytes.count - place - 4).bigEndian
                bytes.withUnsafeMutableBytes { $0.storeBytes(of: length, toByteOffset: place, as: Int32.self) }
            }
        }
        return true
    }
}
