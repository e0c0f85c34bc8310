import EventLoop
import Rapport

/// The command line of the fault rig.
public enum ChaosCommand {
    /// Runs the rig that the arguments ask for, and ends the process.
    public static func run() -> Never {
        CommandProgram.run("rapport-chaos", help: help) { arguments in
            let folder = try arguments.value("--run") ?? SuiteFolder.defaultPath
            let options = try Chaos.Options(&arguments)
            let trials = try arguments.number("--trials") ?? 20
            let service = try arguments.value("--service")
            let words = arguments.plainWords()
            try arguments.end()
            let suite = try Suite(SuiteFolder(folder + "/chaos"), Terminal())
            switch words {
            case []: return try await Chaos(suite, options).run()
            case ["takeover"]: return try await Takeover(suite, options, trials: trials).run()
            case ["roll"]: return try await Roll(suite, options).run()
            case ["lives"]: return try await LivesRun(suite, options, only: service).run()
            default:
                throw UsageError(
                    "rapport-chaos knows takeover, roll and lives, and not \(words.joined(separator: " "))")
            }
        }
    }

    private static let help = """
        rapport-chaos takeover [--trials 20] [--seed N] [--nodes 3] [--run DIR]
        rapport-chaos roll [--seed N] [--nodes 3] [--run DIR]
        rapport-chaos lives [--minutes 3] [--service NAME] [--seed N] [--run DIR]
        rapport-chaos [--minutes 10] [--seed N] [--rate 30] [--nodes 3] [--run DIR]
        Starts a suite of its own in DIR/chaos (.run/chaos beside the package) with two instances of every service
        behind proxies, plays orders, shipments and commands against a book of its own, and kills, stops, restarts
        and cuts off services, PostgreSQL and the Broker at times drawn from the seed. Then it waits until all is at
        rest and checks that nothing was lost, doubled or put out of order. Status 0 for PASS. KAFKA_BROKERS names
        another Kafka, which is left alone. With takeover it kills and freezes one of two, idle and under load, so many
        times each, and measures when its twin has done all that was told since. With roll it restarts all services in
        turn under 500 documents and 50 requests a second, and measures what the world notices. With lives it runs once
        for each service: it is moved to an empty schema, another is restored from a backup, a topic shortened, consents
        are withdrawn and persons erased; no deed is done twice.
          --rate R     documents a second
          --nodes 3    on so many nodes of the Apache Kafka in ../shared/kafka, killed and brought back in turn; 1, or 3 to 9
        """
}

extension Chaos.Options {
    /// Takes its words from a command line.
    fileprivate init(_ arguments: inout Arguments) throws {
        if let text = try arguments.value("--minutes") {
            guard let minutes = Double(text), minutes > 0, minutes <= 1440 else {
                throw UsageError("--minutes needs a number from 0 to 1440")
            }
            self.minutes = minutes
        }
        if let seed = try arguments.number("--seed") { self.seed = UInt64(seed) }
        rate = try arguments.number("--rate") ?? rate
        nodes = try arguments.number("--nodes")
        if let nodes, nodes != 1, !(3...9).contains(nodes) { throw UsageError("--nodes needs 1, or 3 to 9") }
    }
}
