import CRMModel
import EventLoop
import FoundationEssentials
import Kafka

extension Suite {
    /// A process of a service as it is to be started.
    package func service(
        _ name: String, number: Int = 1, _ state: SuiteState, _ roles: [String: String]
    ) throws -> Program {
        let member = Member(name, number)
        guard let kafka = try kafka(state, as: name), let url = roles[name], let known = state.programs[member.name],
            // Links lead to the first process, which all have in common.
            let first = state.programs[name]?.port
        else { throw SuiteError("\(member.name) has no broker, database or port") }
        var program = Program(name: member.name, path: Services.path(name), arguments: ["serve"])
        program.inherited = environment
        program.port = known.port
        program.environment = [
            "DATABASE_URL": url, "KAFKA_BROKERS": kafka.brokers, "HTTP_ADDRESS": "127.0.0.1",
            "INSTANCE": known.instance ?? "\(number)", "HTTP_PORT": "\(known.port)",
            // On loopback only, and asked by this program in the clear: settings for elsewhere do not count here.
            "HTTP_TLS_CERTIFICATE": "", "HTTP_TLS_KEY": "",
            "API_KEYS": environment["API_KEYS"].flatMap { $0.isEmpty ? nil : $0 } ?? keyFile,
        ]
        (program.user, program.becomesUser) = (folder.user, true)
        program.environment.merge(kafka.environment) { given, _ in given }
        // The console signs its audit with its own secret.
        if name != "console" {
            program.environment["AUDIT_SECRET"] = try environment["AUDIT_SECRET"] ?? folder.secret("audit")
        }
        // Links to surveys must outlive the process that made them.
        if name == "tickets" {
            program.environment["SURVEY_SECRET"] = try folder.secret("survey")
            program.environment["SURVEY_URL"] = environment["SURVEY_URL"] ?? "http://127.0.0.1:\(first)/surveys/"
        }
        if name == "contacts" {
            program.environment["PREFERENCES_SECRET"] = try folder.secret("preferences")
            program.environment["PREFERENCES_URL"] =
                environment["PREFERENCES_URL"] ?? "http://127.0.0.1:\(first)/preferences/"
        }
        if name == "console" {
            program.environment["CONSOLE_SERVICES"] =
                environment["CONSOLE_SERVICES"]
                ?? Services.hearing.compactMap { name in
                    state.programs[name].map { "\(name)=http://127.0.0.1:\($0.port)" }
                }.joined(separator: ",")
            program.environment["CONSOLE_SECRET"] = try folder.secret("signing")
            // By name: passkeys are bound to names, and an address of numbers is none.
            program.environment["CONSOLE_URL"] = environment["CONSOLE_URL"] ?? "http://localhost:\(first)"
        }
        for (setting, value) in state.kept?[name] ?? [:] where environment[setting] == nil {
            program.environment[setting] = value
        }
        program.directory = folder.path
        program.reads = Services.settings
        return program
    }

    /// Under its name in the folder, where the service works, if its user may not come through the folders above.
    private var keyFile: String { folder.user?.canReach(folder.keyFile) == false ? "keys.json" : folder.keyFile }

    func adminURL(_ state: SuiteState, _ password: String, database: String) -> String {
        "postgresql://postgres:\(password)@127.0.0.1:\(state.programs["postgres"]?.port ?? 0)/\(database)"
    }

    /// The addresses of the services' roles; a service's own setting goes before.
    package func roleURLs(_ state: SuiteState) throws -> [String: String] {
        let roles = try databaseRoles(state)
        var urls: [String: String] = [:]
        for name in Services.names {
            let own = environment["\(name.uppercased())_DATABASE_URL"]
            urls[name] = try own ?? roles.url(of: name, password: folder.secret(name))
        }
        return urls
    }

    func databaseRoles(_ state: SuiteState) throws -> DatabaseRoles {
        let admin = try foreignDatabase ?? adminURL(state, folder.secret("postgres"), database: "rapport")
        return DatabaseRoles(admin: admin, isOwnServer: foreignDatabase == nil)
    }

    /// Makes the services' roles and schemas, and gives their addresses.
    package func applyRoles(_ state: SuiteState) async throws -> [String: String] {
        var passwords: [String: String] = [:]
        for name in Services.names where environment["\(name.uppercased())_DATABASE_URL"] == nil {
            passwords[name] = try folder.secret(name)
        }
        try await databaseRoles(state).apply(passwords)
        return try roleURLs(state)
    }

    /// The cluster that the suite uses, as one of its users; nil when none was started yet.
    package func kafka(_ state: SuiteState, as user: String = BusUser.operator) throws -> KafkaSettings? {
        var properties = KafkaSettings.properties(fromEnvironment: environment)
        let own = state.programs["broker"].map { "127.0.0.1:\($0.port)" }
        guard let brokers = foreignKafka ?? own else { return nil }
        if foreignKafka != nil {
            // A cluster that is not ours may know each service under a name of its own.
            let prefix = "\(user.uppercased())_"
            let own = environment.filter { $0.key.hasPrefix(prefix) }.map {
                (String($0.key.dropFirst(prefix.count)), $0.value)
            }
            let given = KafkaSettings.properties(fromEnvironment: Dictionary(own) { first, _ in first })
            properties.merge(given) { _, own in own }
        } else if state.asksUsers == true {
            properties.merge(try BusUsers(folder).properties(of: user)) { _, ours in ours }
        }
        return KafkaSettings(brokers: brokers, clientID: "rapport", properties: properties)
    }

    /// The cluster to work on, for people's tools; throws with what to do where there is none.
    func reachableKafka() throws -> KafkaSettings {
        let state = try folder.readState()
        let isOurs = foreignKafka == nil
        guard let kafka = try kafka(state), !isOurs || state.programs["broker"]?.mark?.isAlive == true else {
            throw SuiteError("the suite's Broker does not run: rapport up starts it, or KAFKA_BROKERS names another")
        }
        return kafka
    }
}
