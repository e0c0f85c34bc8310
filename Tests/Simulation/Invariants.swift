import EventLoop
import FoundationEssentials
import Kafka

/// The promises, by the numbers of the reference, checked when a schedule has come to rest.
@Loop
struct Invariants {
    private let world: World
    private var store: SimulatedStore { world.store }
    private var log: SimulatedLog { world.log }
    private var ledger: Ledger { world.ledger }

    init(_ world: World) { self.world = world }

    /// Why the schedule has not come to rest; nil when it has.
    func unrest() -> String? {
        if store.isBusy { return "a transaction is open" }
        if world.plan.relays, !store.outbox.isEmpty { return "I5: the outbox is not empty" }
        if world.plan.timers, !store.timers.isEmpty { return "I10: a timer is left" }
        guard world.plan.consumes else { return nil }
        if !store.parkedMessages.isEmpty { return "I2: messages are parked for ever" }
        if !store.parkedKeys.isEmpty { return "I2: keys are parked for ever" }
        for topic in world.topics {
            for number in 0..<SimulatedLog.partitions {
                let end = log.end(of: TopicPartition(topic: topic, partition: Int32(number)))
                let stored = store.places.offsets.value(Names(first: topic, second: "", number: number)) ?? -1
                if max(stored, 0) != end { return "I7: \(topic)[\(number)] is at \(stored) of \(end)" }
            }
        }
        return nil
    }

    func check() throws {
        if let broken = store.violation ?? log.violation { throw Violation(broken) }
        try commandsAreAnswered()
        try publishedInOrder()
        if world.plan.consumes { try appliedOnceInOrder() }
        try deadLettersArePoison()
        try timersFiredOnce()
    }

    private func expect(_ holds: Bool, _ text: @autoclosure () -> String) throws {
        if !holds { throw Violation(text()) }
    }

    /// I2: what was acknowledged is there; what was refused is not.
    private func commandsAreAnswered() throws {
        var committed: [String: Int] = [:]
        for event in store.committedEvents { committed[event.payload ?? "", default: 0] += 1 }
        for (id, answer) in ledger.commands.sorted(by: { $0.key < $1.key }) {
            let count = committed[id] ?? 0
            switch answer {
            case .done: try expect(count == 1, "I2: \(id) was acknowledged and is there \(count) times")
            case .refused: try expect(count == 0, "I2: \(id) was refused and is there")
            case .unknown: try expect(count <= 1, "I2: \(id) is there \(count) times")
            }
        }
    }

    /// I3, I4, I5: the topic has each committed event and no other; the first occurrences of a key's events are in their order.
    private func publishedInOrder() throws {
        guard world.plan.relays else { return }
        var committed: Set<String> = []
        for event in store.committedEvents {
            committed.insert("\(event.key) \(event.sequence ?? 0) \(event.payload ?? "")")
        }
        var seen: Set<String> = []
        var last: [String: Int] = [:]
        for number in 0..<SimulatedLog.partitions {
            let partition = TopicPartition(topic: SimulatedLog.own, partition: Int32(number))
            for message in log.messages[partition] ?? [] {
                let sequence = Int(message.header("ce_sequence") ?? "") ?? 0
                let name = "\(message.key) \(sequence) \(String(decoding: message.value ?? [], as: UTF8.self))"
                try expect(
                    SimulatedLog.partition(of: message.key) == partition.partition,
                    "I4: \(name) is in \(partition), where no other producer puts its key")
                try expect(committed.contains(name), "I3: \(name) was published and never committed")
                guard seen.insert(name).inserted else {
                    try expect(!world.plan.isCalm, "I5: \(name) was published twice without need")
                    continue
                }
                try expect(
                    sequence == (last[message.key] ?? 0) + 1,
                    "I4: \(name) follows \(last[message.key] ?? 0) in \(partition)")
                last[message.key] = sequence
            }
        }
        try expect(seen.count == committed.count, "I5: \(committed.subtracting(seen).sorted()) were never published")
    }

    /// I1, I2, I4: each key's events took effect once each and in the order in which the log first has them.
    private func appliedOnceInOrder() throws {
        var expected: [String: [String]] = [:]
        var known: Set<String> = []
        for (partition, messages) in log.messages {
            for message in messages where !message.isMarker {
                let isOwn = partition.topic == SimulatedLog.own
                if isOwn && !world.plan.relays { continue }
                let id =
                    isOwn ? "own \(message.key) \(message.header("ce_sequence") ?? "")" : message.header("ce_id") ?? ""
                guard known.insert(id).inserted, !ledger.poison.contains(id) else { continue }
                expected[isOwn ? "own \(message.key)" : message.key, default: []].append(id)
            }
        }
        let applied = Dictionary(grouping: store.effects, by: \.key).mapValues { $0.map(\.id) }
        for key in Set(expected.keys).union(applied.keys).sorted() {
            let wanted = expected[key] ?? []
            let found = applied[key] ?? []
            guard wanted != found else { continue }
            let twice = Dictionary(grouping: found) { $0 }.filter { $0.value.count > 1 }.keys.sorted()
            try expect(twice.isEmpty, "I1: \(twice) of \(key) were applied more than once")
            let lost = Set(wanted).subtracting(found).sorted()
            try expect(lost.isEmpty, "I1: \(lost) of \(key) were never applied")
            throw Violation("I4: \(key) was applied as \(found), not as \(wanted)")
        }
    }

    /// I6: each occurrence of poison is a dead letter, and nothing else is.
    private func deadLettersArePoison() throws {
        var found: Set<String> = []
        for row in store.dead.rows() where row.key.first != "timer" {
            found.insert("\(row.key.first)[\(row.key.second)] \(row.key.number)")
        }
        var expected: Set<String> = []
        if world.plan.consumes {
            for (partition, messages) in log.messages where partition.topic == SimulatedLog.outside {
                for (offset, message) in messages.enumerated()
                where ledger.poison.contains(message.header("ce_id") ?? "") {
                    expected.insert("\(partition.topic)[\(partition.partition)] \(offset)")
                }
            }
        }
        try expect(found == expected, "I6: dead letters are \(found.sorted()), the poison is \(expected.sorted())")
    }

    /// I9, I10: each timer fired once and not early, and each saga has one end.
    private func timersFiredOnce() throws {
        guard world.plan.timers else { return }
        let firings = Dictionary(grouping: store.firings, by: \.key)
        let buried = Set(store.dead.rows().filter { $0.key.first == "timer" }.map(\.key.second))
        for (key, due) in ledger.timers.sorted(by: { $0.key < $1.key }) {
            if key.hasPrefix("poison") {
                try expect(buried.contains(key), "I6: the timer \(key) is no dead letter")
                continue
            }
            let count = firings[key]?.count ?? 0
            try expect(count == 1, "I10: the timer \(key) fired \(count) times")
            let late = firings[key]?.first?.at.timeIntervalSince(due) ?? 0
            try expect(late >= 0, "I10: the timer \(key) fired \(-late) s early")
            try expect(!world.plan.isCalm || late <= 1.2, "I10: the timer \(key) fired \(late) s late")
        }
        for (key, found) in firings where ledger.timers[key] == nil {
            try expect(found.count == 1 && ledger.uncertainTimers[key] != nil, "I10: \(key) fired and was never set")
        }
        let outcomes = Dictionary(grouping: store.outcomes, by: \.saga)
        for saga in store.sagas.rows() {
            let ends = outcomes[saga.key.first]?.map(\.outcome) ?? []
            try expect(ends.count == 1, "I9: the saga \(saga.key.first) ended as \(ends)")
        }
    }
}
