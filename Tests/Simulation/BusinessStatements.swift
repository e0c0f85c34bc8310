import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// The SQL of the small business whose messages are simulated.
enum Business {
    static let touch = Statement("business.touch", "writes elsewhere first, which draws the transaction id")
    static let ponder = Statement("business.ponder", "works for some time")
    static let bump = Statement("business.bump", "locks an aggregate and raises its version")
    static let react = Statement("business.react", "raises aggregates and appends their events")
    static let effect = Statement("business.effect", "what an event does")
    static let fired = Statement("business.fired", "what a timer does")
    static let open = Statement("business.open", "begins sagas that wait for an answer")
    static let close = Statement("business.close", "ends sagas that still wait")
    static let say = Statement("business.say", "changes aggregates and tells what they say")
    static let recall = Statement("business.recall", "takes from what was told what aggregates say")
    static let repeatWords = Statement("business.repeat", "tells again what aggregates say")
    static let hear = Statement("business.hear", "keeps what another's aggregates say")
    static let act = Statement("business.act", "does something outside")
    static let decide = Statement("business.decide", "keeps what people allow, and tells it")
    static let know = Statement("business.know", "keeps what was told that people allow")
    static let sayOfPerson = Statement("business.say_of_person", "changes persons and tells what they say, sealed")
    static let hold = Statement("business.hold", "locks an aggregate")
    static let state = Statement("business.state", "takes states of documents in")
    static let end = Statement("business.end", "ends what rests on the word of an ended life")
}

extension SimulatedStore {
    func business(
        _ name: String, _ value: Arguments, _ transaction: ServerTransaction, _ session: ServerSession
    ) async throws -> [AnswerRow] {
        switch name {
        case Business.touch.name: drawWriteOrder(transaction)
        case Business.ponder.name: try await Loop.sleep(for: .milliseconds(try value(0, Int.self)))
        case Business.bump.name: return [[try await bump(try value(0), transaction)]]
        case Business.react.name:
            let ids: [String] = try value(0)
            for (id, key) in zip(ids, try value(1, [String].self)).sorted(by: { $0.1 < $1.1 }) {
                let version = try await bump(key, transaction)
                append(
                    topic: SimulatedLog.own, key: key, sequence: version, type: OwnEvent.versionedType, payload: id,
                    transaction, session)
            }
        case Business.effect.name:
            let keys: [String] = try value(1)
            for (place, id) in try value(0, [String].self).enumerated() {
                if id.hasPrefix("poison") {
                    throw PostgresError(sqlState: "23514", message: "a check was violated", statement: name)
                }
                transaction.effects.append(Effect(id: id, key: keys[place]))
            }
        case Business.fired.name:
            let due: [Date] = try value(1)
            for (place, key) in try value(0, [String].self).enumerated() {
                if key.hasPrefix("poison") {
                    throw PostgresError(sqlState: "23514", message: "a check was violated", statement: name)
                }
                transaction.firings.append(Firing(key: key, due: due[place], at: clock))
            }
        case Business.open.name:
            for id in try value(0, [String].self) {
                let key = Names(first: id, second: "")
                try await lock(sagas, key, transaction)
                if sagas.value(key, transaction.id) == nil { sagas.set(key, "waiting", transaction.id) }
            }
        case Business.close.name: try await close(value, transaction)
        case Business.act.name: transaction.deeds += try value(0, [String].self)
        case Business.say.name, Business.recall.name, Business.hear.name, Business.sayOfPerson.name:
            try await speak(name, value, transaction, session)
        case Business.hold.name:
            let key = Names(first: try value(0), second: "")
            try await lock(aggregates, key, transaction)
            if let version = aggregates.value(key, transaction.id) { aggregates.set(key, version, transaction.id) }
        case Business.state.name: try await takeStates(try value(0), try value(1), transaction)
        case Business.repeatWords.name: try await repeatWords(try value(0), transaction, session)
        case Business.decide.name, Business.know.name: try await decide(name, value, transaction, session)
        case Business.end.name: try await endWords(try value(0), transaction)
        default: throw unknown(name)
        }
        return []
    }

    /// What those do who have lives.
    private func speak(
        _ name: String, _ value: Arguments, _ transaction: ServerTransaction, _ session: ServerSession
    ) async throws {
        let keys: [String] = try value(0)
        let said: [String] = try value(1)
        // Of one key in the order in which they came.
        for place in keys.indices.sorted(by: { (keys[$0], $0) < (keys[$1], $1) }) {
            let key = Names(first: keys[place], second: "")
            let word = said[place]
            if name == Business.say.name || name == Business.sayOfPerson.name {
                let version = try await bump(keys[place], transaction)
                append(
                    topic: SimulatedLog.own, key: keys[place], sequence: version,
                    type: name == Business.say.name ? OwnEvent.versionedType : PersonEvent.versionedType, payload: word,
                    transaction, session)
            }
            if name == Business.recall.name {
                // What it may know already is told apart by its version.
                let version = try value(2, [Int].self)[place]
                try await lock(aggregates, key, transaction)
                guard version > aggregates.value(key, transaction.id) ?? 0 else { continue }
                aggregates.set(key, version, transaction.id)
            }
            try await lock(words, key, transaction)
            trace?("\(home) \(transaction.id) \(name) of \(key.first): \(word)")
            words.set(key, word, transaction.id)
        }
    }

    /// Moves sagas to their end, those only that wait: a late answer or timer finds a terminal state and does nothing.
    private func close(_ value: Arguments, _ transaction: ServerTransaction) async throws {
        for id in try value(0, [String].self).sorted() {
            let key = Names(first: id, second: "")
            try await lock(sagas, key, transaction)
            guard sagas.value(key, transaction.id) == "waiting" else { continue }
            sagas.set(key, try value(1), transaction.id)
            transaction.outcomes.append((id, try value(1)))
        }
    }

    func bump(_ key: String, _ transaction: ServerTransaction) async throws -> Int {
        drawWriteOrder(transaction)
        let name = Names(first: key, second: "")
        try await lock(aggregates, name, transaction)
        let version = (aggregates.value(name, transaction.id) ?? 0) + 1
        aggregates.set(name, version, transaction.id)
        return version
    }

    /// PostgreSQL draws a transaction's id at its first write, before it waits for any lock.
    func drawWriteOrder(_ transaction: ServerTransaction) {
        guard transaction.writeOrder == 0 else { return }
        writers += 1
        transaction.writeOrder = writers
    }
}
