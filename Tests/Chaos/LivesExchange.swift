import CRMModel
import Demo
import EventLoop
import FoundationEssentials
import Kafka
import Postgres
import Rapport

/// What two services suffer in the middle of a run: one loses its schema, another is brought back to a backup, and of the second's own topic
/// what the backup had is gone.
@Loop
final class LivesExchange {
    let moved: String
    let restored: String
    /// What was committed and in no topic yet when the schema went: nobody can know of it.
    private(set) var untold: [String: Int] = [:]
    /// Deeds that were held for a person, of both.
    private(set) var held = 0
    private let fleet: Fleet
    private var kept: [TopicPartition: Int64] = [:]
    private var folder: String { fleet.suite.folder.path + "/backup" }

    init(_ fleet: Fleet, moved: String, restored: String) {
        self.fleet = fleet
        self.moved = moved
        self.restored = restored
    }

    /// Keeps what will be restored, and where its topic stands.
    func backUp() async throws {
        let ends = try await Positions.ends(of: Topic.all.filter { $0.owner == restored }, fleet.kafka)
        // What a run before has left, whose data were kept.
        try? FileManager.default.removeItem(atPath: folder)
        try await BackupCommand(fleet.suite).keep([restored], in: folder)
        // What is compacted is shortened by its own means; of the rest the backup has all up to here.
        let compacted = Set(Topic.all.filter { $0.compactedAfter != nil }.map(\.name))
        kept = ends.filter { !compacted.contains($0.key.topic) && $0.value > 0 }
    }

    /// Does it, while the others go on under load.
    func run() async throws {
        try await exchange(moved) { state, roles in
            try await self.fleet.suite.empty(self.moved, state, roles)
            try await self.proveSilence()
            try await self.fleet.suite.beginLife(
                of: self.moved, actor: "rig", because: "moved", isForced: false, state, roles)
        }
        try await exchange(restored) { state, roles in
            try await self.fleet.suite.putBack(self.restored, from: self.folder, state, roles)
            if !self.kept.isEmpty { try await KafkaAdmin.deleteRecords(before: self.kept, self.fleet.kafka) }
            try await self.fleet.suite.beginLife(
                of: self.restored, actor: "rig", because: "restored", isForced: true, state, roles)
        }
    }

    private func exchange(_ service: String, _ body: (SuiteState, [String: String]) async throws -> Void) async throws {
        let members = fleet.instances.filter { $0.service == service }
        for member in members { try await fleet.takeAway(member) }
        untold[service] = try await fleet.positions.ask(service, Self.waiting).first?.value(0) ?? 0
        try await body(fleet.state, fleet.roles)
        for member in members { try fleet.launch(member) }
        for member in members { try await fleet.untilReady(member, within: .seconds(300)) }
        for member in members { member.isBusy = false }
        held += try await fleet.positions.ask(service, Self.heldDeeds).first?.value(0) ?? 0
    }

    /// On the empty schema a process waits for a person, and does nothing.
    private func proveSilence() async throws {
        guard let member = fleet.instances.first(where: { $0.service == moved }) else { return }
        try fleet.launch(member)
        let probe = try ServiceProbe(Member(moved, member.number), fleet.state)
        try await Loop.sleep(for: .seconds(5))
        guard await probe.missing() != nil else { throw SuiteError("\(moved) is ready on an empty schema") }
        let told: Int = try await fleet.positions.ask(moved, Self.waiting).first?.value(0) ?? 0
        guard told == 0 else { throw SuiteError("\(moved) tells \(told) events on an empty schema") }
        try await fleet.takeAway(member)
    }

    private static let waiting = Statement("lives.waiting", "SELECT count(*) FROM outbox")
    private static let heldDeeds = Statement("lives.held", "SELECT count(*) FROM held WHERE state = 'held'")
}

extension Fleet {
    /// Ends a process in order and leaves it away, out of the reach of other faults.
    func takeAway(_ instance: Instance) async throws {
        while instance.isBusy, instance.isReady { try await Loop.sleep(for: .milliseconds(50)) }
        instance.isBusy = true
        instance.isReady = false
        guard let mark = instance.mark else { return }
        mark.signal(SIGTERM)
        guard try await mark.hasEnded(within: .seconds(25)) else { throw SuiteError("\(instance.name) does not end") }
    }
}
