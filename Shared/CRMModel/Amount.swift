/// A decimal amount with four places, as an integer of ten-thousandths: exact, and fast to add.
///
/// Four places hold every ISO 4217 currency's minor unit and unit prices down to a hundredth of a cent.
public struct Amount: Hashable, Comparable, Sendable, CustomStringConvertible, Codable {
    /// How many units make one of the currency.
    public static let scale = 10_000
    /// Ten-thousandths.
    public var units: Int
    /// Takes ten-thousandths.
    public init(units: Int) { self.units = units }
    /// Nothing.
    public static let zero = Amount(units: 0)

    /// Reads `-12.345`; nil for anything else, for more than four places that are not zero, and on overflow.
    public init?(_ text: some StringProtocol) {
        var copy = String(text)
        guard let value = copy.withUTF8({ Amount(ascii: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = value
    }

    /// Reads the same from bytes.
    public init?(ascii bytes: UnsafeRawBufferPointer) {
        var index = 0
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative { index = 1 }
        var units = 0
        var digits = 0
        var places = -1
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "."), places < 0, digits > 0 {
                places = 0
                continue
            }
            guard byte >= 48, byte <= 57 else { return nil }
            digits += 1
            if places >= 4 {
                guard byte == 48 else { return nil }
                continue
            }
            let (product, overflow) = units.multipliedReportingOverflow(by: 10)
            guard !overflow, product <= Int.max - 9 else { return nil }
            units = product + Int(byte - 48)
            if places >= 0 { places += 1 }
        }
        guard digits > 0, places != 0 else { return nil }
        for _ in max(0, places)..<4 {
            let (product, overflow) = units.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            units = product
        }
        self.units = isNegative ? -units : units
    }

    /// At least two places, no more than needed: `12.50`, `0.0725`.
    public var description: String {
        let magnitude = units.magnitude
        var fraction = String(magnitude % 10_000)
        fraction = String(repeating: "0", count: 4 - fraction.count) + fraction
        while fraction.count > 2, fraction.last == "0" { fraction.removeLast() }
        return "\(units < 0 ? "-" : "")\(magnitude / 10_000).\(fraction)"
    }

    /// Smaller first.
    public static func < (a: Amount, b: Amount) -> Bool { a.units < b.units }
    /// Adds. What is read is bounded, so that no sum of a request or a batch comes near the end of the range (some 900 million million);
    /// one that still would stays there, and no input ends the process.
    public static func + (a: Amount, b: Amount) -> Amount {
        let (sum, overflow) = a.units.addingReportingOverflow(b.units)
        return Amount(units: overflow ? (b.units < 0 ? .min : .max) : sum)
    }
    /// Subtracts, within the same bounds.
    public static func - (a: Amount, b: Amount) -> Amount { a + -b }
    /// Adds in place, within the same bounds.
    public static func += (a: inout Amount, b: Amount) { a = a + b }
    /// The other sign.
    public static prefix func - (a: Amount) -> Amount {
        Amount(units: a.units == .min ? .max : -a.units)
    }

    /// The exact product, rounded half away from zero to four places; nil on overflow.
    public func times(_ quantity: Amount) -> Amount? {
        let scale = UInt(Amount.scale)
        let (high, low) = units.magnitude.multipliedFullWidth(by: quantity.units.magnitude)
        let (rounded, isOver) = low.addingReportingOverflow(scale / 2)
        let top = high + (isOver ? 1 : 0)
        guard top < scale else { return nil }
        let size = scale.dividingFullWidth((top, rounded)).quotient
        guard size <= Int.max else { return nil }
        return Amount(units: (units < 0) == (quantity.units < 0) ? Int(size) : -Int(size))
    }

    /// Reads a decimal string; JSON numbers are taken too, by their shortest decimal form.
    public init(from decoder: any Decoder) throws {
        self = try decoder.decimal(
            Amount.init(_:), expected: "a decimal string with at most four places, such as \"12.50\"")
    }

    /// Writes a decimal string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Decoder {
    /// Reads a decimal string, or a JSON number by its shortest decimal form.
    func decimal<Value>(_ read: (String) -> Value?, expected: String) throws -> Value {
        let container = try singleValueContainer()
        let text = try (try? container.decode(String.self)) ?? "\(container.decode(Double.self))"
        guard let value = read(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected \(expected)")
        }
        return value
    }
}
