#if RAPPORT_PLANTED_BUGS
    import EventLoop
    import Messaging
    import Simulation
    import TestKit
    import Testing

    /// The harness itself under test: each known way to get messaging wrong is switched on and must be noticed.
    @Suite(.serialized) struct PlantedBugTests {
        /// The invariants of which one must be what notices each bug.
        static let noticedBy: [PlantedBug: [String]] = [
            .idCursor: ["I5"],
            .transactionOrder: ["I4"],
            .cachedIdentity: ["I4"],
            .noCompareAndSet: ["I7", "I1", "I4"],
            .offsetFirst: ["I1"],
            .swallowedError: ["I6"],
            .wakeOnly: ["I5"],
            .defaultPartitioner: ["I4"],
            .unfoldedBatch: ["I1"],
            .messageTimeout: ["I4"],
            .unlockedPark: ["I1", "I2", "I4", "I7"],
            .droppedLateTimer: ["I10", "I9", "I6"],
            .endsByAge: ["TA2"],
            .staleWatcher: ["TA2"],
            .noBeat: ["TA2"],
            .onlyWaiters: ["TA5", "TA1"],
            .deleteUnacknowledged: ["I2", "I4", "I5", "TB8"],
            .onlyHolders: ["TA1"],
            .overtakesParked: ["I1, I4"],
            .epochUnordered: ["TB1", "TB5"],
            .sequenceOnly: ["TB1", "TB5"],
            .silentBirth: ["TB4", "TB8"],
            .placeIgnored: ["TB4", "TB8"],
            .actsOnPast: ["TB2"],
            .pastNotCarried: ["TB2"],
            .decidedNow: ["TB3"],
            .orphansEnd: ["TB3"],
            .trustsPlace: ["TB1"],
            .staleLastWord: ["TA4"],
            .leadsBeforeKeys: ["TB1", "TB5", "TB9", "TA4", "I9"],
            .lastArrival: ["TD1"],
            .timeWithinNumber: ["TD1"],
            // Debug builds refuse the second set, so that nothing is applied but as a dead letter.
            .lockAgain: ["I1", "I2", "I6", "I7", "TB1"],
        ]

        /// What chance meets once in hundreds of thousands of schedules is shown by one made for it, and what concerns lives by those.
        private static func run(_ bug: PlantedBug, seed: UInt64) throws {
            switch bug {
            case .onlyHolders: try Simulation.runQueue(seed: seed, freezes: true)
            case .overtakesParked: _ = try Simulation.runOvertaken(seed: seed, parks: true)
            case .epochUnordered, .sequenceOnly, .silentBirth, .placeIgnored, .actsOnPast,
                .pastNotCarried, .decidedNow:
                try Simulation.runLives(seed: seed)
            case .staleLastWord, .leadsBeforeKeys, .lastArrival, .timeWithinNumber:
                try Simulation.runPersons(seed: seed)
            case .trustsPlace: try Simulation.runLateCommit(seed: seed)
            case .orphansEnd: try Simulation.runLostRefusal(seed: seed)
            default: _ = try Simulation.run(seed: seed)
            }
        }

        @Test(arguments: PlantedBug.allCases)
        @Loop func isCaught(_ bug: PlantedBug) throws {
            PlantedBug.planted = bug
            defer { PlantedBug.planted = nil }
            var seed: UInt64 = 0
            var caught: SimulationFailure?
            while caught == nil, seed < 20_000 {
                do {
                    try Self.run(bug, seed: seed)
                } catch let failure as SimulationFailure {
                    caught = failure
                } catch {
                    caught = SimulationFailure(seed: seed, reason: "\(error)")
                }
                seed += 1
            }
            let failure = try #require(caught, "\(bug) was not noticed in \(seed) schedules")
            print("planted bug \(bug.rawValue) caught by \(failure.reason.prefix(80)) (seed \(failure.seed))")
            let names = Self.noticedBy[bug] ?? []
            #expect(names.contains { failure.reason.contains("\($0):") }, "\(bug): \(failure.reason)")
        }
    }
#endif
