import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// What a person allows or refuses, by the time at which it was decided.
struct Decision: Equatable {
    let id: String
    let isGranted: Bool
    /// Milliseconds of virtual time.
    let at: Int

    private static let prefix = "decision"

    init(_ id: String, isGranted: Bool, at: Int) {
        (self.id, self.isGranted, self.at) = (id, isGranted, at)
    }

    /// From what an event tells; nil where it tells something else.
    init?(_ text: String) {
        let parts = text.split(separator: ":").map(String.init)
        guard parts.count == 4, parts[0] == Self.prefix, let at = Int(parts[3]) else { return nil }
        self.init(parts[1], isGranted: parts[2] == "yes", at: at)
    }

    var text: String { "\(Self.prefix):\(id):\(isGranted ? "yes" : "no"):\(at)" }

    /// The later one counts, and a refusal where the times are equal.
    func isBefore(_ other: Decision) -> Bool { (at, isGranted ? 0 : 1) < (other.at, other.isGranted ? 0 : 1) }
}

extension SimulatedStore {
    /// Takes decisions in, where they are newer than what stands; those that are tell so where they are made here.
    func decide(
        _ name: String, _ value: Arguments, _ transaction: ServerTransaction, _ session: ServerSession
    ) async throws {
        let (keys, texts): ([String], [String]) = (try value(0), try value(1))
        for place in keys.indices.sorted(by: { (keys[$0], $0) < (keys[$1], $1) }) {
            let key = Names(first: keys[place], second: "")
            guard let decision = Decision(texts[place]) else { continue }
            let isTold = name == Business.decide.name
            // The row of the aggregate stands for the person.
            let version = isTold ? try await bump(keys[place], transaction) : 0
            try await lock(decisions, key, transaction)
            if let known = decisions.value(key, transaction.id), !known.isBefore(decision) { continue }
            decisions.set(key, decision, transaction.id)
            guard isTold else { continue }
            append(
                topic: SimulatedLog.own, key: keys[place], sequence: version, type: OwnEvent.versionedType,
                payload: decision.text, transaction, session)
        }
    }

    /// Tells again what is known of keys, each under its next version; of a key that is not known the last word.
    func repeatWords(_ keys: [String], _ transaction: ServerTransaction, _ session: ServerSession) async throws {
        for key in keys.sorted() {
            let name = Names(first: key, second: "")
            // Its row first: what it says may be changed by another just now.
            try await lock(aggregates, name, transaction)
            let known = words.value(name, transaction.id) ?? decisions.value(name, transaction.id)?.text
            guard let known else {
                append(
                    topic: SimulatedLog.own, key: key, sequence: nil, type: LivesWorld.keyEnded,
                    payload: #"{"reason":"not known"}"#, transaction, session)
                continue
            }
            let version = try await bump(key, transaction)
            append(
                topic: SimulatedLog.own, key: key, sequence: version,
                type: LivesWorld.persons.contains(key) && !Erased.isMeant(known)
                    ? PersonEvent.versionedType : OwnEvent.versionedType, payload: known, transaction, session)
        }
    }

    /// Ends what rests on the word of a life that has ended; a refusal stays until somebody decides otherwise.
    func endWords(_ keys: [String], _ transaction: ServerTransaction) async throws {
        for key in keys.sorted() {
            let name = Names(first: key, second: "")
            try await lock(words, name, transaction)
            trace?("\(home) ends \(key)")
            words.set(name, nil, transaction.id)
            guard PlantedBug.orphansEnd.isPlanted else { continue }
            try await lock(decisions, name, transaction)
            decisions.set(name, nil, transaction.id)
        }
    }
}
