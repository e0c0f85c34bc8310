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
        try await rebuild(late)
    }

    /// Keys of which a life wrote behind its end, and the last one nothing: who had not heard of that end yet has taken it, and others have
    /// not. The same of which retention took a word before the last life could know it.
    private func keysOfLateWords() -> Set<String> {
        var (late, told): (Set<String>, Set<String>) = ([], [])
        let lives = world.sources.last { $0.source == world.owner.source }?.lives ?? []
        for (partition, end) in world.ends(of: [SimulatedLog.own]) {
            for record in world.log.records(partition, 0..<end) {
                let isVoid = lives.contains {
                    $0.epoch > record.epoch && !$0.ends.isEmpty && !LogEnds($0.ends).contain(partition, record.offset)
                }
                if isVoid || record.offset < world.log.begin(of: partition) { late.insert(record.key ?? "") }
                if record.epoch == lives.last?.epoch { told.insert(record.key ?? "") }
            }
        }
        return late.subtracting(told)
    }

    /// TB5: who reads all from the beginning has in the end what those have who read on.
    private func rebuild(_ late: Set<String>) async throws {
        guard !world.isShortened else { return }
        let store = SimulatedStore(chance: world.chance, home: "rebuilt")
        store.hasLives = true
        let service = LivingService("/rebuilt", tells: nil, hears: [SimulatedLog.own], world, world.reads)
        let reader = LivingProcess(world, service, store, number: world.processes.count)
        world.processes.append(reader)
        try reader.start()
        let ends = world.ends(of: [SimulatedLog.own])
        let begin = Loop.now
        while !ends.allSatisfy({
            store.places.offsets.value(LivesWorld.name(of: $0.key)) ?? 0 >= Int($0.value) || $0.value == 0
        }) {
            guard Loop.now - begin < .seconds(60) else { throw Violation("TB5: nothing is rebuilt") }
            try await Loop.sleep(for: .milliseconds(100))
        }
        await reader.stop()
        let live = world.readerStore.words.rows().filter { !late.contains($0.key.first) }.map {
            "\($0.key.first) \($0.value)"
        }
        let again = store.words.rows().filter { !late.contains($0.key.first) }.map {
            "\($0.key.first) \($0.value)"
        }
        guard live == again else { throw Violation("TB5: rebuilt are \(again), live \(live)") }
    }
}
