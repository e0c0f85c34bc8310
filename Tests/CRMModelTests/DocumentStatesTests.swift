import FoundationEssentials
import Testing

@testable import CRMModel

@Suite struct DocumentStatesTests {
    /// A state: its customer's number, its place, its time, whether it is cancelled.
    private typealias Told = (number: String?, place: Int64, told: Int?, isCancelled: Bool)

    private static func state(_ told: Told) -> DocumentStates<Int64>.State {
        .init(
            party: told.number.map { ExternalID.party(customerNo: $0) }, offset: told.place,
            told: told.told.map { Date(timeIntervalSince1970: Double($0)) }, isCancelled: told.isCancelled,
            content: told.place)
    }

    private static func counting(_ all: [Told]) -> Int64 {
        var states = DocumentStates(state(all[0]))
        for told in all.dropFirst() { states.take(state(told)) }
        return states.counting.content
    }

    /// The place told under the greater of two parties.
    private static func greater(_ a: String, _ b: String, _ placeOfA: Int64, _ placeOfB: Int64) -> Int64 {
        ExternalID.party(customerNo: a) > ExternalID.party(customerNo: b) ? placeOfA : placeOfB
    }

    private static func permutations(_ all: [Told]) -> [[Told]] {
        guard all.count > 1 else { return [all] }
        return all.indices.flatMap { place in
            var rest = all
            let first = rest.remove(at: place)
            return permutations(rest).map { [first] + $0 }
        }
    }

    /// What counts is named by its place.
    @Test(
        arguments: [
            // Under one number the topic's last word, whatever its time or without one.
            ([("1", 1, 5, false), ("1", 2, 3, true)], 2), ([("1", 1, 5, false), ("1", 2, nil, true)], 2),
            // Between numbers the latest time that was told under one of them.
            ([("1", 1, 3, false), ("2", 1001, 2, false), ("1", 2, 1, true)], 2),
            ([("1", 1, 3, false), ("2", 1001, 4, false), ("1", 2, 1, false)], 1001),
            // A move told as two states of one time, or of none, ends at the placing.
            ([("1", 1, 3, false), ("1", 2, 4, true), ("2", 1001, 4, false)], 1001),
            ([("2", 1001, nil, false), ("2", 1002, nil, true), ("1", 1, nil, false)], 1),
            // A move of which no state tells a time: the one that is not cancelled counts, and of two that are not the greater party,
            // whichever was told last. An ERP that moves documents tells times.
            ([("1", 1, nil, false), ("2", 1001, nil, false)], DocumentStatesTests.greater("1", "2", 1, 1001)),
            ([("1", 1, nil, true), ("2", 1001, nil, false)], 1001),
            ([("1", 1, nil, false), ("2", 1001, nil, true)], 1),
            ([("1", 1, nil, false), ("2", 1001, 1, false)], 1001),
            // No time comes last, and so does a walk-in.
            ([("1", 1, nil, false), (nil, 2001, 1, false)], 2001), ([("1", 1, 4, false), (nil, 2001, 4, false)], 1),
        ] as [([(number: String?, place: Int64, told: Int?, isCancelled: Bool)], Int64)])
    func oneStateCountsInEveryOrder(_ one: ([(number: String?, place: Int64, told: Int?, isCancelled: Bool)], Int64)) {
        for order in Self.permutations(one.0) { #expect(Self.counting(order) == one.1, "\(order)") }
    }

    /// What comes last without a place, or of which no place is kept, is the newest of its number but for what comes late.
    @Test func whatComesInItsTimeIsTheNewestOfItsNumber() {
        var states = DocumentStates(Self.state(("1", 900, 5, false)))
        // A topic that was made anew.
        states.take(Self.state(("1", 3, 6, false)), isLate: false)
        #expect(states.counting.content == 3)
        states.take(Self.state(("1", 2, 4, true)))
        #expect(states.counting.content == 3)
    }

    @Test func aStateOlderThanOneBeforeIsTold() {
        var states = DocumentStates(Self.state(("1", 1, 5, false)))
        let told: [(Told, Bool)] = [
            (("1", 2, 4, false), true), (("1", 3, nil, false), false), (("1", 4, 5, false), false),
            (("2", 1001, 1, false), false), (("2", 1002, 0, false), true),
            // It comes late; nobody told it out of order.
            (("1", 0, 3, false), false),
        ]
        for (state, isOlder) in told { #expect(states.take(Self.state(state)) == isOlder, "\(state)") }
    }
}
