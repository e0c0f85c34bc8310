import FoundationEssentials

/// A kind of locks, by its place in the order in which every transaction takes them.
///
/// A transaction takes each kind once, all that it needs of it in ascending order, and the kinds in the order of their places. So no two
/// transactions wait for each other in a circle, however many processes of a service work.
public struct LockKind: Sendable, Hashable, Comparable, CustomStringConvertible {
    private let place: Int
    /// What is locked, for people.
    public let description: String

    /// Gives a kind its place.
    public init(_ place: Int, _ description: String) {
        self.place = place
        self.description = description
    }

    /// Whether one is taken before the other.
    public static func < (a: LockKind, b: LockKind) -> Bool { a.place < b.place }
}

/// What of the order of locks a transaction has kept so far. Debug builds look, and with them all tests and the simulation.
struct LockOrder {
    private var last: LockKind?

    /// What is wrong with locking by a statement now; nil where nothing is.
    mutating func fault(of statement: Statement, _ values: [any SQLEncodable]) -> String? {
        guard let kind = statement.locks else { return nil }
        if let last, kind <= last {
            let what = kind == last ? "a second set of \(kind)" : "\(kind) behind \(last)"
            return "\(statement.name) would lock \(what)"
        }
        last = kind
        return Self.isAscending(values.first) ? nil : "\(statement.name) would lock \(kind) out of order"
    }

    /// Keys stand in the first parameter, unless the statement puts them in order itself.
    private static func isAscending(_ keys: (any SQLEncodable)?) -> Bool {
        switch keys {
        case let keys as [Int]: zip(keys, keys.dropFirst()).allSatisfy { $0 <= $1 }
        case let keys as [UUID]: zip(keys, keys.dropFirst()).allSatisfy { $0 <= $1 }
        default: true
        }
    }
}
