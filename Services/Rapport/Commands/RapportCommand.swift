import EventLoop

/// The operator's command line.
public enum RapportCommand {
    /// Runs the command that the arguments name; ends the process with 0, 1 for a failure or 2 for a misuse.
    public static func run() -> Never {
        CommandProgram.run("rapport", hint: "rapport help shows the commands") { try await dispatch($0) }
    }

    /// Runs a command and says whether all is well.
    @Loop
    private static func dispatch(_ words: [String]) async throws -> Bool {
        let name = words.first ?? "help"
        if ["help", "-h", "--help"].contains(name) {
            print(HelpText.overview)
            return true
        }
        let help = HelpText.commands[name]
        guard help != nil || name == Supervisor.command else { throw UsageError("there is no command \(name)") }
        if let help, words.contains("-h") || words.contains("--help") {
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
            try await FirstLink(suite).show()
        case "down":
            let wipe = arguments.flag("--wipe")
            try arguments.end()
            try await suite.down(wipe: wipe)
        case "status":
            try arguments.end()
            return try await StatusReport(suite).show()
        case "restart":
            let program = try? arguments.word("the name of a program")
            try arguments.end()
            try await RollingRestart(suite).run(program)
        case "scale":
            let service = try arguments.word("the name of a service, such as campaigns")
            let count = try arguments.word("how many processes it is to have")
            try arguments.end()
            guard let count = Int(count) else { throw UsageError("\(count) is no number of processes") }
            try await Scaling(suite).run(service, to: count)
        case "kill":
            let program = try arguments.word("the name of a program, such as contacts")
            try arguments.end()
            try await suite.kill(program)
        case Supervisor.command:
            try arguments.end()
            try await Supervisor.run(folder)
        case "reconcile":
            let isFollowing = arguments.flag("--follow")
            let pause = try arguments.number("--every") ?? 10
            try arguments.end()
            return isFollowing
                ? try await Reconciliation(suite).follow(every: .seconds(pause)) : try await Reconciliation(suite).run()
        case "dead-letters": return try await DeadLetterCommand(suite).run(&arguments)
        case "held": return try await HeldCommand(suite).run(&arguments)
        case "import": return try await ImportCommand(suite).run(&arguments)
        case "backup": try await BackupCommand(suite).run(&arguments)
        case "restore": return try await RestoreCommand(suite).run(&arguments)
        case "lag":
            let isEach = arguments.flag("--partitions")
            try arguments.end()
            try await LagReport(suite).show(eachPartition: isEach)
        case "rebuild": return try await RebuildCommand(suite).run(&arguments)
        case "audit": return try await AuditCommand(suite).run(&arguments)
        case "keys": try await KeysCommand(suite).run(&arguments)
        case "topics": try await TopicsCommand(suite).run(&arguments)
        case "users": try await UsersCommand(suite).run(&arguments)
        case "events": try await EventsCommand(suite).run(&arguments)
        default: throw UsageError("there is no command \(name)")
        }
        return true
    }
}
