import CRMModel
import EventLoop
import Kafka
import Messaging

/// The promises that concern lives, checked when a schedule has come to rest.
@Loop
struct LivesInvariants {
    private let world: LivesWorld

    init(_ world: LivesWorld) { self.world = world }

    func check() async throws {
        let late = keysOfLateWords()
        let said = world.rightful.words.rows()
        for row in said where !late.contains(row.key.first) {
            let heard = world.readerStore.words.value(row.key)
            guard heard == row.value else {
                throw Violation(
                    "TB1: of \(row.key.first) the owner says \(row.value) and the reader \(heard ?? "nothing")"
                )
            }
        }
        for row in world.readerStore.words.rows() where !late.contains(row.key.first) {
            guard world.rightful.words.value(row.key) == nil else { continue }
            throw Violation("TB1: the reader has \(row.value) of \(row.key.first), which nobody says")
        }
        try checkDecisions(late)
        for store in [world.rightful, world.readerStore] {
            let broken = world.readableErased(in: store) ?? LivesWorld.brokenSeal(in: store) ?? world.wrongDocument()
            if let broken { throw Violation(broken) }
        }
        try await rebuild(late)
    }

    /// TB3: what was decided last of all that was told counts, or what was decided later and told behind the end of its life.
    private func checkDecisions(_ late: Set<String>) throws {
        var last: [String: Decision] = [:]
        let lives = world.sources.last { $0.source == world.owner.source }?.lives ?? []
        for (partition, end) in world.ends(of: [SimulatedLog.own]) {
            for record in world.log.records(partition, 0..<end) where !Self.isVoid(record, lives) {
                let text = String(decoding: record.value ?? [], as: UTF8.self)
                guard let key = record.key, let told = Decision(text), let made = world.decisions[told.id] else {
                    continue
                }
                if last[key]?.isBefore(made) ?? true { last[key] = made }
            }
        }
        for (key, decision) in last.sorted(by: { $0.key < $1.key }) where !late.contains(key) {
            let known = world.readerStore.decisions.value(Names(first: key, second: ""))
            if let known, let made = world.decisions[known.id], !made.isBefore(decision) { continue }
            throw Violation(
                "TB3: of \(key) \(decision.text) was told, and the reader goes by \(known?.text ?? "nothing")")
        }
    }

    /// Keys of which a life wrote behind its end, and the last one nothing: who had not heard of that end yet has taken it, and others have
    /// not. The same of which retention took a word before the last life could know it.
    private func keysOfLateWords() -> Set<String> {
        var (late, told): (Set<String>, Set<String>) = ([], [])
        let lives = world.sources.last { $0.source == world.owner.source }?.lives ?? []
        for (partition, end) in world.ends(of: [SimulatedLog.own]) {
            for record in world.log.records(partition, 0..<end) {
                if Self.isVoid(record, lives) || record.offset < world.log.begin(of: partition) {
                    late.insert(record.key ?? "")
                }
                if record.epoch == lives.last?.epoch { told.insert(record.key ?? "") }
            }
        }
        return late.subtracting(told)
    }

    /// Whether a life wrote it that had ended: nobody goes by it, whatever it says.
    static func isVoid(_ record: KafkaRecord, _ lives: [SourceLife]) -> Bool {
        lives.contains {
            $0.epoch > record.epoch && !$0.ends.isEmpty && !LogEnds($0.ends).contain(record.origin, record.offset)
        }
    }

    /// TB5: who reads all from the beginning has in the end what those have who read on.
    private func rebuild(_ late: Set<String>) async throws {
        guard !world.isShortened else { return }
        let store = SimulatedStore(chance: world.chance, home: "rebuilt")
        store.hasLives = true
        let service = LivingService(
            "/rebuilt", tells: [], hears: [SimulatedLog.own] + world.keyTopics, world, world.reads)
        let reader = LivingProcess(world, service, store, number: world.processes.count)
        world.processes.append(reader)
        try reader.start()
        let ends = world.ends(of: [SimulatedLog.own] + world.keyTopics)
        let begin = Loop.now
        while !ends.allSatisfy({
            store.places.offsets.value(LivesWorld.name(of: $0.key)) ?? 0 >= Int($0.value) || $0.value == 0
        }) {
            guard Loop.now - begin < .seconds(60) else { throw Violation("TB5: nothing is rebuilt") }
            try await Loop.sleep(for: .milliseconds(100))
        }
        while !reader.isSettled || !store.parkedKeys.isEmpty {
            guard Loop.now - begin < .seconds(90) else {
                throw Violation("TB5: what has ended stays in what is rebuilt")
            }
            try await Loop.sleep(for: .milliseconds(100))
        }
        await reader.stop()
        if let broken = world.readableErased(in: store) ?? LivesWorld.brokenSeal(in: store) { throw Violation(broken) }
        let live = world.readerStore.words.rows().filter { !late.contains($0.key.first) }.map {
            "\($0.key.first) \($0.value)"
        }
        let again = store.words.rows().filter { !late.contains($0.key.first) }.map {
            "\($0.key.first) \($0.value)"
        }
        guard live == again else { throw Violation("TB5: rebuilt are \(again), live \(live)") }
    }
}
