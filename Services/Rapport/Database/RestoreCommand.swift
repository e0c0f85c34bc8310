import EventLoop
import FoundationEssentials
import Postgres

/// Brings services back to a backup, each in another life: what it did since is known from its topics, and is not done again.
@Loop
struct RestoreCommand {
    private let suite: Suite
    private var terminal: Terminal { suite.terminal }

    /// Takes the settings that the suite was started with.
    init(_ suite: Suite) async throws {
        let supervision = Supervision(suite.folder)
        self.suite = Suite(
            suite.folder, suite.terminal, environment: try await supervision.environment(), launcher: supervision)
    }

    /// One service of a backup.
    private struct Order {
        let name: String
        let part: BackupManifest.Part
        let file: String
        let url: String
        let tool: DatabaseTool
    }

    /// Restores the services named, or all of a backup; says whether that was done.
    func run(_ arguments: inout Arguments) async throws -> Bool {
        let folder = BackupCommand.absolute(try arguments.word("the folder of a backup"))
        let named = arguments.plainWords()
        let isSure = arguments.flag("--yes")
        let reason = try arguments.value("--reason")
        try arguments.end()
        guard let reason, !reason.isEmpty else { throw UsageError("restore needs --reason, which is kept") }
        let state = try suite.folder.readState()
        guard state.isUp else { throw SuiteError("the suite is down; rapport up starts it") }
        let orders = try orders(named, of: try BackupManifest.read(folder), folder, state)
        for order in orders { try await check(order, state) }
        guard isSure else {
            terminal.line("Nothing was changed; --yes does it. What there is then is kept in \(folder) before.")
            return false
        }
        try await suite.folder.alone("restart") {
            for order in orders {
                try await suite.folder.locked { state in
                    try await replace(order, because: reason, in: folder, &state)
                }
            }
            for order in orders { try await untilReady(order) }
        }
        return true
    }

    private func orders(
        _ named: [String], of manifest: BackupManifest, _ folder: String, _ state: SuiteState
    ) throws -> [Order] {
        let roles = try suite.roleURLs(state)
        return try (named.isEmpty ? manifest.services.keys.sorted() : named).map { name in
            guard Services.built.contains(name), let url = roles[name] else {
                throw UsageError("there is no service \(name)")
            }
            guard let part = manifest.services[name] else { throw SuiteError("\(folder) holds nothing of \(name)") }
            return Order(
                name: name, part: part, file: "\(folder)/\(part.file)", url: url,
                tool: try DatabaseTool(url, log: suite.folder.log(of: "backup")))
        }
    }

    // MARK: Before anything is stopped

    /// Whether this server and these programs can take the backup, and what it would replace.
    private func check(_ order: Order, _ state: SuiteState) async throws {
        try await order.tool.check(order.file)
        // The program itself says which steps it knows: they are applied then.
        try await suite.migrate([order.name], state, try suite.roleURLs(state))
        let connection = try await open(order)
        defer { connection.close() }
        let known: [String] = try await connection.transaction { try await $0.rows(BackupStore.migrations) }
        let unknown = order.part.migrations.filter { !known.contains($0) }
        guard unknown.isEmpty else {
            throw SuiteError(
                "the backup of \(order.name) was made by a newer version (\(unknown.joined(separator: ", "))); nothing was changed"
            )
        }
        let server = try await connection.transaction { try await $0.rows(BackupStore.server) }.first ?? 0
        guard server / 10_000 >= order.part.server / 10_000 else {
            throw SuiteError(
                "the backup of \(order.name) is of PostgreSQL \(order.part.server / 10_000), newer than this one; nothing was changed"
            )
        }
        let isUsed = try await connection.transaction { try await $0.rows(BackupStore.isUsed) }.first ?? false
        terminal.line(
            "\(order.name): as of \(order.part.at)"
                + (isUsed ? ", instead of what it has now" : ", into an empty schema"))
    }

    private func open(_ order: Order) async throws -> PostgresConnection {
        try await PostgresConnection.open(
            PostgresSettings(
                url: order.url, applicationName: "rapport restore", schema: order.name, statementTimeout: 0))
    }

    // MARK: The exchange

    private func replace(
        _ order: Order, because reason: String, in folder: String, _ state: inout SuiteState
    ) async throws {
        let members = state.living(of: order.name)
        try await suite.end(members.map(\.name), &state)
        if try await isUsed(order) {
            let kept = "\(folder)/replaced-\(order.name)-\(Int(Date().timeIntervalSince1970))"
            try await BackupCommand(suite).keep([order.name], in: kept)
            terminal.line("\(order.name): what there was is kept in \(kept)")
        }
        let roles = try suite.roleURLs(state)
        try await suite.putBack(order.name, from: folder, state, roles)
        try await suite.beginLife(
            of: order.name, actor: Arguments.person, because: reason, isForced: true, state, roles)
        for member in state.members(of: order.name) { try await suite.startMember(member, &state, roles) }
    }

    private func isUsed(_ order: Order) async throws -> Bool {
        let connection = try await open(order)
        defer { connection.close() }
        return try await connection.transaction { try await $0.rows(BackupStore.isUsed) }.first == true
    }

    private func untilReady(_ order: Order) async throws {
        for member in try suite.folder.readState().members(of: order.name) {
            try await suite.waitUntilReady(member, within: .seconds(900))
        }
        terminal.line("\(order.name): ready, in another life")
        terminal.note("\(order.name): lost where it came after \(order.part.at): \(Self.lost[order.name] ?? "nothing")")
        terminal.note("rapport held \(order.name) shows what only a person can decide")
    }

    /// What no event holds.
    private nonisolated static let lost = [
        "contacts":
            "notes, further addresses and numbers, custom fields, owners, relations, stages set by hand, files taken in, what merges "
            + "changed of records",
        "sales": "drafts of quotes, notes of activities, quotas, prices before discounts",
        "campaigns": "campaigns that were not launched yet, and what new ones say",
        "tickets": "threads, notes, descriptions, who works on what, policies",
        "console": "passwords, second factors, who was signed in",
        "notifications": "addresses on the suppression list to which nothing was asked for since",
    ]
}
