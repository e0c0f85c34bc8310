import Demo
import EventLoop
import Rapport

/// Draws faults from a seed and lets them happen.
@Loop
final class FaultPlan {
    /// What can happen, with its weight; the first group counts as kills.
    enum Fault: String, CaseIterable {
        case killService = "service killed"
        case killBroker = "broker killed"
        case killDatabase = "PostgreSQL killed"
        case suspendService = "service stopped for a time"
        case freezeService = "service frozen for long"
        case fillDisk = "PostgreSQL's disk full"
        case restartService = "service restarted"
        case rollService = "service rolled"
        case leaveService = "service taken away for a time"
        case suspendBroker = "broker stopped for a time"
        case restartBroker = "broker restarted"
        case immediateDatabase = "PostgreSQL stopped at once"
        case cutDatabase = "connections to PostgreSQL cut"
        case freezeDatabase = "connections to PostgreSQL frozen"
        case cutCommit = "COMMIT answers cut"
        case cutBroker = "connections to the broker cut"
        case freezeBroker = "connections to the broker frozen"

        var isKill: Bool { [.killService, .killBroker, .killDatabase].contains(self) }

        fileprivate var weight: Int {
            switch self {
            case .killService: 110
            case .killBroker, .killDatabase: 3
            case .suspendService: 16
            case .restartService: 14
            case .rollService, .leaveService, .suspendBroker: 3
            case .restartBroker, .immediateDatabase, .freezeService, .fillDisk: 2
            case .cutDatabase: 32
            case .freezeDatabase: 10
            case .cutCommit: 32
            case .cutBroker: 24
            case .freezeBroker: 6
            }
        }

        /// Whether it is one process of a service that suffers.
        fileprivate var isOfService: Bool {
            [.killService, .suspendService, .freezeService, .restartService, .leaveService].contains(self)
        }

        fileprivate var needsOwnBroker: Bool {
            [.killBroker, .suspendBroker, .restartBroker, .cutBroker, .freezeBroker].contains(self)
        }
    }

    private let fleet: Fleet
    private var random: SeededGenerator
    private(set) var counts: [Fault: Int] = [:]
    /// What went wrong in letting a fault happen.
    private(set) var failures: [String] = []
    private var underWay = 0
    private let changed = Notice()
    private let faults: [Fault]

    init(_ fleet: Fleet, seed: UInt64) {
        self.fleet = fleet
        random = SeededGenerator("faults\n\(seed)")
        faults = Fault.allCases.filter {
            (fleet.log != nil || !$0.needsOwnBroker) && (fleet.disk != nil || $0 != .fillDisk)
        }
    }

    var kills: Int { counts.filter { $0.key.isKill }.reduce(0) { $0 + $1.value } }
    var others: Int {
        counts.filter { !$0.key.isKill && $0.key != .cutCommit }.reduce(fleet.database.commitsCut) { $0 + $1.value }
    }

    /// Lets faults happen until the time is over, and waits for the last to be mended.
    ///
    /// On a machine that is slow or shared what is drawn may come to less than a kill and another fault a second; then the next come
    /// sooner, and from the group that is behind.
    func run(until end: Duration) async throws {
        let start = Loop.now
        while Loop.now < end {
            let due = Int((Loop.now - start).seconds * Self.pace)
            let isBehind = kills < due || others < due
            try await Loop.sleep(
                for: .milliseconds((isBehind ? 20 : 100) + Int(random.next() % (isBehind ? 130 : 550))))
            // Many at once, yet not so many that nothing ever works: on a slow machine each lasts longer.
            try await changed.wait(until: { underWay < 8 })
            fleet.noteDeaths()
            let drawn = draw()
            begin(
                kills < due && others >= due
                    ? .killService : others < due && kills >= due && drawn.isKill ? .cutDatabase : drawn)
        }
        try await changed.wait(until: { underWay == 0 })
    }

    /// Kills, and other faults, a second at least, where the machine allows it: 600 of each in ten minutes.
    private static let pace = 1.0

    private func draw() -> Fault {
        var left = Int(random.next() % UInt64(faults.reduce(0) { $0 + $1.weight }))
        for fault in faults {
            left -= fault.weight
            if left < 0 { return fault }
        }
        return .killService
    }

    private func begin(_ fault: Fault) {
        // Drawn here, in order, so that the seed decides whatever the timing.
        let pause = Duration.milliseconds(Int(random.next() % 300))
        let time = Duration.milliseconds(200 + Int(random.next() % 3000))
        let long = Duration.milliseconds(10_000 + Int(random.next() % 80_000))
        let chance = random.pick([0.05, 0.2, 1.0])
        let idle = fleet.idle
        let instance = idle.isEmpty ? nil : random.pick(idle)
        let service = random.pick(Services.builtHearing)
        underWay += 1
        Task { @Loop in
            do {
                let whom = fault.isOfService ? instance?.name : fault == .rollService ? service : nil
                let happened = try await fleet.diary.noting(fault.rawValue + (whom.map { " (\($0))" } ?? "")) {
                    try await happens(fault, instance, service, pause, fault == .freezeService ? long : time, chance)
                }
                if happened {
                    counts[fault, default: 0] += 1
                }
            } catch {
                failures.append("\(fault.rawValue): \(error)")
            }
            underWay -= 1
            changed.notify()
        }
    }

    /// Answers false where it could not happen now.
    private func happens(
        _ fault: Fault, _ instance: Fleet.Instance?, _ service: String, _ pause: Duration, _ time: Duration,
        _ chance: Double
    ) async throws -> Bool {
        switch fault {
        case .killService, .suspendService, .freezeService, .restartService:
            guard let instance, !instance.isBusy else { return false }
            // Its twin is to be seen taking over, so at most one of a service, and one of all, is frozen for long.
            if fault == .freezeService, !fleet.beginLongFreeze() { return false }
            defer { if fault == .freezeService { fleet.endLongFreeze() } }
            if fault == .suspendService || fault == .freezeService {
                try await fleet.suspend(instance, for: time)
            } else {
                try await fleet.end(instance, with: fault == .killService ? SIGKILL : SIGTERM, pause: pause)
            }
        case .rollService: try await fleet.roll(service)
        case .leaveService:
            guard let instance, !instance.isBusy else { return false }
            try await fleet.end(instance, with: SIGTERM, pause: time * 3)
        case .killBroker, .restartBroker, .killDatabase, .immediateDatabase:
            guard !fleet.isBaseBusy else { return false }
            let isKill = fault.isKill
            let isBroker = fault == .killBroker || fault == .restartBroker
            let signal = isKill ? SIGKILL : isBroker ? SIGTERM : SIGQUIT
            try await fleet.endBase(isBroker ? "broker" : "postgres", with: signal, pause: pause)
        case .fillDisk:
            guard !fleet.isBaseBusy else { return false }
            try await fleet.fillDisk(for: time)
        case .suspendBroker:
            guard !fleet.isBaseBusy else { return false }
            try await fleet.suspendBroker(for: time)
        case .cutDatabase: return fleet.database.cut(chance, &random) > 0
        case .freezeDatabase: return fleet.database.freeze(min(chance, 0.2), for: time, &random) > 0
        case .cutCommit: fleet.database.cutCommits(1 + Int(chance * 3))
        case .cutBroker: return fleet.log?.cut(chance, &random) ?? 0 > 0
        case .freezeBroker: return fleet.log?.freeze(min(chance, 0.2), for: time, &random) ?? 0 > 0
        }
        return true
    }
}
