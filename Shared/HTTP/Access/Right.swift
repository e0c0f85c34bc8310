/// What may be done with things of an area; the closed list of the second halves of rights.
public enum Action: String, Sendable, CaseIterable {
    /// Look.
    case read
    /// Create and change.
    case change
    /// Take out many at once.
    case export
    /// Change many at once.
    case bulk
    /// Erase persons and merge for good.
    case erase
    /// Set how the firm works: fields, policies, weights, templates.
    case configure
    /// Operate: dead letters, rebuilds, lag.
    case operate
    /// Watch a process: figures and descriptions.
    case watch

    /// What it is for, for people who give rights.
    public var meaning: String {
        switch self {
        case .read: "look"
        case .change: "create and change"
        case .export: "take out many at once"
        case .bulk: "change many at once"
        case .erase: "erase persons"
        case .configure: "set how the firm works"
        case .operate: "operate the services"
        case .watch: "figures and descriptions"
        }
    }

    fileprivate var place: Int {
        switch self {
        case .read: 0
        case .change: 1
        case .export: 2
        case .bulk: 3
        case .erase: 4
        case .configure: 5
        case .operate: 6
        case .watch: 7
        }
    }
}

/// Something that a principal may do: an area's name and an action, `parties.read`.
///
/// Inside it is two small numbers, so that whether somebody may is one look into a table.
public struct Right: Sendable, Hashable, CustomStringConvertible {
    fileprivate let area: UInt8
    /// What may be done.
    public let action: Action

    /// The right to do something with things of an area; nil where the list of areas does not have it.
    public init?(_ area: String, _ action: Action) {
        guard let place = Areas.places[area] else { return nil }
        self.area = UInt8(place)
        self.action = action
    }

    /// Reads a right's name; nil where it is none.
    public init?(_ name: String) {
        let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 2, let action = Action(rawValue: String(decoding: parts[1], as: UTF8.self)) else {
            return nil
        }
        self.init(String(decoding: parts[0], as: UTF8.self), action)
    }

    /// Its name.
    public var description: String { "\(Areas.all[Int(area)]).\(action.rawValue)" }
}

/// The rights of a principal.
public struct RightSet: Sendable, Hashable {
    /// A word of bits for each action, a bit for each area.
    private var areas = SIMD8<UInt64>.zero

    /// No rights.
    public init() {}

    /// Some rights.
    public init(_ rights: some Sequence<Right>) { for right in rights { insert(right) } }

    /// All rights, those of areas to come too.
    public static let all: RightSet = {
        var all = RightSet()
        all.areas = SIMD8(repeating: .max)
        return all
    }()

    /// Reads names: `parties.read`, `parties.*`, `*.read` and `*`. Throws what is wrong, in words, where one is none.
    public init(named names: [String]) throws(UnknownRight) {
        for name in names { try insert(name) }
    }

    /// Whether a right is among them.
    @inline(__always)
    public func contains(_ right: Right) -> Bool { areas[right.action.place] >> UInt64(right.area) & 1 == 1 }

    /// Whether none is among them.
    public var isEmpty: Bool { areas == .zero }

    /// Adds a right.
    public mutating func insert(_ right: Right) { areas[right.action.place] |= 1 << UInt64(right.area) }

    /// Adds all rights of another set.
    public mutating func formUnion(_ other: RightSet) { areas |= other.areas }

    private mutating func insert(_ name: String) throws(UnknownRight) {
        if name == "*" {
            self = .all
            return
        }
        let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard parts.count == 2 else { throw UnknownRight(name: name) }
        switch (parts[0], parts[1]) {
        case ("*", let word):
            guard let action = Action(rawValue: word) else { throw UnknownRight(name: name) }
            areas[action.place] = .max
        case (let area, "*"):
            guard let place = Areas.places[area] else { throw UnknownRight(name: name) }
            for action in Action.allCases { areas[action.place] |= 1 << UInt64(place) }
        default:
            guard let right = Right(name) else { throw UnknownRight(name: name) }
            insert(right)
        }
    }
}

/// A name that is that of no right.
public struct UnknownRight: Error, CustomStringConvertible {
    /// What was said.
    public let name: String
    /// For people.
    public var description: String {
        let names = Areas.all.flatMap { area in Action.allCases.map { "\(area).\($0.rawValue)" } }
        let near = FieldError.nearest(to: name, in: names).map { "; \($0) is" } ?? ""
        return "\"\(name)\" is no right\(near); they are AREA.ACTION, AREA.*, *.ACTION or *"
    }
}
