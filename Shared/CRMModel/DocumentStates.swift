import FoundationEssentials

/// The states of one document of an ERP, one for each customer number under which it was told, and which of them counts.
///
/// Under one number the topic keeps the order of states: its last one counts, whatever the ERP's clock says. A document that goes to
/// another number goes to another partition, and between two partitions only the ERP's clock says what is newer: the number counts under
/// which the latest time was told. At one time a state that is not cancelled counts before one that is, for a move is told as both; then
/// the greater party, so that all decide alike. What counts is a function of the states told, so every reading of the partitions ends
/// alike. Ledgers, their tests and those who compare them all ask here.
public struct DocumentStates<Content: Sendable>: Sendable {
    /// What was told under one number.
    public struct State: Sendable {
        /// The party of the number; nil for a walk-in.
        public let party: UUID?
        /// Where it stands in its partition; nil where that was not kept.
        public let offset: Int64?
        /// The latest time told under the number, in microseconds, as exact as databases keep it; nil where none was told.
        public fileprivate(set) var told: Int?
        /// Whether it does not count any more.
        public let isCancelled: Bool
        /// The rest of it.
        public let content: Content

        /// Describes a state; `told` is the ERP's own time of it.
        public init(party: UUID?, offset: Int64?, told: Date?, isCancelled: Bool, content: Content) {
            self.party = party
            self.offset = offset
            self.told = told?.microseconds
            self.isCancelled = isCancelled
            self.content = content
        }

        /// The latest time told under the number, as a date.
        public var toldAt: Date? { told.map { Date(timeIntervalSince1970: Double($0) / 1e6) } }

        /// Whether another number counts before this one.
        fileprivate func isBehind(_ other: State) -> Bool {
            if told != other.told { return told ?? .min < other.told ?? .min }
            if isCancelled != other.isCancelled { return isCancelled }
            guard let mine = party, let others = other.party else { return party == nil && other.party != nil }
            return mine < others
        }
    }

    /// The one that counts.
    public private(set) var counting: State
    /// Those of other numbers.
    public private(set) var elsewhere: [State] = []

    /// Begins with the first state that is met.
    public init(_ first: State) { counting = first }

    /// Takes a further state; answers whether it is older by the ERP's clock than one that was told before it under its number.
    ///
    /// - Parameter isLate: whether it may come behind states that were told after it, so that its place decides; else it is the newest of
    ///   its number because it comes last.
    @discardableResult
    public mutating func take(_ state: State, isLate: Bool = true) -> Bool {
        guard state.party != counting.party else {
            let goesBack = Self.merge(state, into: &counting, isLate)
            settle()
            return goesBack
        }
        var goesBack = false
        if let place = elsewhere.firstIndex(where: { $0.party == state.party }) {
            goesBack = Self.merge(state, into: &elsewhere[place], isLate)
        } else {
            elsewhere.append(state)
        }
        settle()
        return goesBack
    }

    private static func merge(_ state: State, into known: inout State, _ isLate: Bool) -> Bool {
        let isNewer = !isLate || isBehind(known, state)
        let goesBack = isNewer && state.told.map { $0 < known.told ?? .min } ?? false
        let told = [known.told, state.told].compactMap(\.self).max()
        if isNewer { known = state }
        known.told = told
        return goesBack
    }

    /// Whether a state stands before another in the topic. Of one whose place was not kept only the time can tell.
    private static func isBehind(_ known: State, _ state: State) -> Bool {
        guard let before = known.offset, let place = state.offset else {
            guard let then = known.told, let told = state.told else { return true }
            return told >= then
        }
        return place >= before
    }

    /// Puts the one that counts in its place.
    private mutating func settle() {
        for place in elsewhere.indices where counting.isBehind(elsewhere[place]) {
            (counting, elsewhere[place]) = (elsewhere[place], counting)
        }
    }
}

extension Date {
    /// Microseconds since 1970: a time as exact as databases keep it, so that one that was kept equals one that was told.
    public var microseconds: Int { Int((timeIntervalSince1970 * 1e6).rounded()) }
}
