import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import Telemetry

/// The command line that all services have.
public enum ServiceCommand {
    /// Runs a service's program: `serve` (the default), `migrate`, `check`, `check --statements`, `check --describe README`, or
    /// `new-epoch --actor WHO --reason WHY`. Ends the process with 0 or 1.
    public static func run(_ definition: any ServiceDefinition.Type) {
        Hardening.begin()
        let words = Array(CommandLine.arguments.dropFirst())
        do {
            try Loop.run {
                switch (words.first ?? "serve", words.dropFirst().first, words.count) {
                case ("check", "--describe", 3): try describe(definition, in: words[2])
                case ("check", "--statements", 2): list(definition)
                case ("new-epoch", "--actor", 5) where words[3] == "--reason":
                    try await beginLife(definition, actor: words[2], reason: words[4])
                // By who has just put back a backup, whatever the topics say.
                case ("new-epoch", "--actor", 6) where words[3] == "--reason" && words[5] == "--restored":
                    try await beginLife(definition, actor: words[2], reason: words[4], isForced: true)
                case (let command, nil, _): try await run(command, definition)
                default:
                    throw SettingError(
                        name: words.joined(separator: " "),
                        problem: "is unknown; there are serve, migrate, check, check --statements,"
                            + " check --describe README and new-epoch --actor WHO --reason WHY")
                }
            }
        } catch {
            Log(service: definition.name).critical("\(error)")
            end(1)
        }
        end(0)
    }

    /// Without the libraries' exit handlers: a thread may still be inside one of them, waiting for a database.
    private static func end(_ status: Int32) -> Never {
        fflush(nil)
        _exit(status)
    }

    @Loop
    private static func run(_ command: String, _ definition: any ServiceDefinition.Type) async throws {
        let settings = try Settings()
        let options = try ServiceOptions(service: definition.name, settings)
        switch command {
        case "serve": try await serve(definition, options, settings)
        case "migrate": try await migrate(definition, options)
        case "check": try await check(definition, options, settings)
        default: throw SettingError(name: command, problem: "is unknown; there are serve, migrate, check and new-epoch")
        }
    }

    @Loop
    private static func serve(
        _ definition: any ServiceDefinition.Type, _ options: ServiceOptions, _ settings: Settings
    ) async throws {
        let process = try ServiceProcess(definition, options, settings)
        // Asked to end from now on, also while it waits for what is away.
        let asked = Task.immediate { @Loop in try await Signals.untilTermination() }
        if try await hasStarted(process, before: asked) {
            print("\(definition.name) listening on http://\(options.address):\(process.port)")
            fflush(nil)
            try await asked.value
        } else if !process.hasBegun {
            end(0)
        }
        // Whatever hangs, the process ends: all state is in the database. The kernel's own clock, which no loop holds up and which goes on
        // after the loop's end, when the libraries' last threads are waited for.
        alarm(10)
        await process.stop()
    }

    /// Whether a process has started before it is asked to end. One that still waits for what is away has begun nothing that needs an
    /// orderly end; one that waits until it may answer in another's place works already, and has its part of the group.
    @Loop
    private static func hasStarted(_ process: ServiceProcess, before asked: Task<Void, any Error>) async throws -> Bool
    {
        let outcome = Completion<Bool>()
        Task { @Loop in
            do {
                try await process.start()
                outcome.succeed(true)
            } catch {
                outcome.fail(error)
            }
        }
        Task { @Loop in
            try await asked.value
            outcome.succeed(false)
        }
        return try await outcome.wait()
    }

    /// Applies what is missing of messaging's and the service's migrations.
    @Loop
    public static func migrate(_ definition: any ServiceDefinition.Type, _ options: ServiceOptions) async throws {
        let applied = try await Migrations.apply(
            MessagingSchema.migrations + definition.migrations, to: options.postgres.named("migrate"))
        Log(service: definition.name).info("migrated", ["applied": applied.joined(separator: " ")])
    }

    /// Writes the tables of a README from the code.
    @Loop
    private static func describe(_ definition: any ServiceDefinition.Type, in path: String) throws {
        let file = URL(filePath: path)
        let text = try String(contentsOf: file, encoding: .utf8)
        try Data(try ServiceDescription(definition).written(into: text).utf8).write(to: file)
    }

    /// Prints all SQL, each statement under its name.
    private static func list(_ definition: any ServiceDefinition.Type) {
        for statement in allStatements(of: definition).sorted(by: { $0.name < $1.name }) { print(statement.listing) }
    }

    @Loop
    private static func check(
        _ definition: any ServiceDefinition.Type, _ options: ServiceOptions, _ settings: Settings
    ) async throws {
        // Composed first, so that the settings of its capabilities are among those that are shown.
        let description = try ServiceDescription(definition, options, settings)
        print(settings.description)
        let wrong = description.faults
        guard wrong.isEmpty else { throw SettingError(name: "the surface", problem: wrong.joined(separator: "; ")) }
        let connection = try await PostgresConnection.open(options.postgres.named("check"))
        defer { connection.close() }
        var faults: [String] = []
        for statement in allStatements(of: definition) { faults += try await connection.faults(of: statement) }
        guard faults.isEmpty else { throw SettingError(name: "schema", problem: faults.joined(separator: "; ")) }
        print("all statements of \(definition.name) fit its schema")
    }

    /// A service's statements and those of messaging.
    public static func allStatements(of definition: any ServiceDefinition.Type) -> [Statement] {
        (IntentStore.statements + LifeStore.statements + HeldStore.statements).map(\.statement)
            + ConsumerStore.statements + DeadLetterStore.statements + ParkingStore.statements + RelayStore.statements
            + SubjectKeyStore.statements + Timers.statements + PruningStore.statements + RebuildStore.statements
            + SessionWatchStore.statements + ServiceStore.statements + Outbox.statements + definition.statements
    }
}
