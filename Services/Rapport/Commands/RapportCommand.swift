import EventLoop

/// The operator's command line.
public enum RapportCommand {
    /// Runs the command that the arguments name; ends the process with 0, 1 for a failure or 2 for a misuse.
    public static func run() {
        do {
            try Loop.run {
                guard try await dispatch(Array(CommandLine.arguments.dropFirst())) else { throw Failed() }
            }
        } catch is Failed {
            fflush(nil)
            exit(1)
        } catch let error as UsageError {
            complain("\(error.description)\nrapport help shows the commands")
            exit(2)
        } catch {
            complain("\(error)")
            exit(1)
        }
        fflush(nil)
        exit(0)
    }

    /// The command has said itself what is wrong.
    private struct Failed: Error {}

    private static func complain(_ text: String) {
        fflush(nil)
        let bytes = Array("rapport: \(text)\n".utf8)
        _ = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
    }

    /// Runs a command and says whether all is well.
    @Loop
    private static func dispatch(_ words: [String]) async throws -> Bool {
        let name = words.first ?? "help"
        if ["help", "-h", "--help"].contains(name) {
            print(HelpText.overview)
            return true
        }
        guard let help = HelpText.commands[name] else { throw UsageError("there is no command \(name)") }
        if words.contains("-h") || words.contains("--help") {
            print(help)
            return true
        }
        var arguments = Arguments(words.dropFirst())
        let folder = try SuiteFolder(try arguments.value("--run") ?? SuiteFolder.defaultPath)
        let terminal = Terminal()
        let suite = Suite(folder, terminal)
        switch name {
        case "up":
            try arguments.end()
            try await suite.up()
            try StatusReport(suite).showAddresses()
        case "down":
            let wipe = arguments.flag("--wipe")
            try arguments.end()
            try await suite.down(wipe: wipe)
        case "status":
            try arguments.end()
            return try await StatusReport(suite).show()
        case "restart", "kill":
            let program = try arguments.word("the name of a program, such as contacts")
            try arguments.end()
            try await suite.restart(program, killing: name == "kill")
            try StatusReport(suite).showAddresses()
        case "reconcile":
            let isFollowing = arguments.flag("--follow")
            let pause = try arguments.number("--every") ?? 10
            try arguments.end()
            return isFollowing
                ? try await Reconciliation(suite).follow(every: .seconds(pause)) : try await Reconciliation(suite).run()
        case "dead-letters": return try await DeadLetterCommand(suite).run(&arguments)
        case "lag":
            let isEach = arguments.flag("--partitions")
            try arguments.end()
            try await LagReport(suite).show(eachPartition: isEach)
        case "rebuild": return try await RebuildCommand(suite).run(&arguments)
        case "demo": return try await demo(suite, &arguments)
        case "bench":
            let bench = try Suite(
                SuiteFolder(arguments.value("--run") ?? folder.path + "/bench"), terminal, isAlone: true)
            return try await bench.bench(arguments.rest())
        case "chaos":
            let own = try Suite(SuiteFolder(arguments.value("--run") ?? folder.path + "/chaos"), terminal)
            return try await chaos(own, &arguments)
        case "topics": try await TopicsCommand(suite).run(&arguments)
        case "events": try await EventsCommand(suite).run(&arguments)
        default: throw UsageError("there is no command \(name)")
        }
        return true
    }

    @Loop
    private static func chaos(_ suite: Suite, _ arguments: inout Arguments) async throws -> Bool {
        var options = Chaos.Options()
        if let text = try arguments.value("--minutes") {
            guard let minutes = Double(text), minutes > 0, minutes <= 1440 else {
                throw UsageError("--minutes needs a number from 0 to 1440")
            }
            options.minutes = minutes
        }
        if let seed = try arguments.number("--seed") { options.seed = UInt64(seed) }
        options.rate = try arguments.number("--rate") ?? options.rate
        options.nodes = try arguments.number("--nodes")
        if let nodes = options.nodes, nodes != 1, !(3...9).contains(nodes) {
            throw UsageError("--nodes needs 1, or 3 to 9")
        }
        try arguments.end()
        return try await Chaos(suite, options).run()
    }

    @Loop
    private static func demo(_ suite: Suite, _ arguments: inout Arguments) async throws -> Bool {
        var options = Demo.Options()
        options.orders = try arguments.number("--orders")
        options.file = try arguments.value("--file")
        options.rate = try arguments.number("--rate")
        let isFresh = arguments.flag("--fresh")
        let isKept = arguments.flag("--keep")
        try arguments.end()
        guard options.orders == nil || options.file == nil else {
            throw UsageError("--orders and --file exclude each other")
        }
        guard !isFresh || !isKept else { throw UsageError("--fresh and --keep exclude each other") }
        if isFresh { try await suite.down(wipe: true) }
        return try await Demo(suite, options).run()
    }
}
