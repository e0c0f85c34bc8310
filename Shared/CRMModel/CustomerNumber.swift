import FoundationEssentials

/// By what an ERP knows a customer: its number, and whose number that is.
///
/// Most firms have one circle of customer numbers, `erp`, whichever of their systems speaks. Where two number their customers each for
/// itself, one of them names its circle with each number: the same number of two circles is two customers.
public struct CustomerNumber: Hashable, Sendable {
    /// The circle of those who name none.
    public static let erp = "erp"
    /// Bytes of a circle's name.
    static let longestSystem = 50

    /// The circle.
    public let system: String
    /// The number.
    public let number: String

    /// Names a customer; an absent or empty circle is `erp`. Nil for a walk-in.
    public init?(_ number: String?, of system: String? = nil) {
        guard let number, !number.isEmpty else { return nil }
        self.number = number
        self.system = system.flatMap { $0.isEmpty ? nil : $0 } ?? Self.erp
    }

    /// The party that it is, unless contacts has tied it to another.
    public var party: UUID { ExternalID.party(system: system, reference: number) }

    /// Those whom a key of the customer master may be of: the key is the number, and of another circle the circle's name, a colon and the number.
    public static func parties(ofKey key: String) -> [UUID] { all(ofKey: key).map(\.party) }

    /// Their numbers.
    public static func all(ofKey key: String) -> [CustomerNumber] {
        let parts = key.split(separator: ":", maxSplits: 1).map(String.init)
        let other = parts.count == 2 ? CustomerNumber(parts[1], of: parts[0]) : nil
        return [CustomerNumber(key), other].compactMap { $0 }
    }

    /// What was expected of the name of a circle; nil where all is well.
    static func judge(system: String?) -> String? { system.flatMap { Judgement.id($0, from: 0, to: longestSystem) } }
}
