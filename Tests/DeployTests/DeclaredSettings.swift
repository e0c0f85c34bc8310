import Broker
import Campaigns
import Console
import Contacts
import EventLoop
import Kafka
import Notifications
import Postgres
import Sales
import ServiceKit
import Telemetry
import Tickets

/// What the programs make of the settings that these files give them.
@Loop
enum DeclaredSettings {
    nonisolated static let services: [any ServiceDefinition.Type] = [
        ContactsService.self, SalesService.self, CampaignsService.self, TicketsService.self, NotificationsService.self,
        ConsoleService.self,
    ]

    /// What is wrong with the settings of a service, those of its secrets among them: names that it does not know, values that it does
    /// not take.
    static func faults(of given: [String: String], in definition: any ServiceDefinition.Type) throws -> [String] {
        let known = try names(of: definition)
        var faults: [String] = []
        for name in given.keys.sorted() where !known.contains(name) {
            let isKafkas = !KafkaSettings.properties(fromEnvironment: [name: "x"]).isEmpty
            if !isKafkas { faults.append("\(definition.name) knows no \(name)") }
        }
        do {
            let settings = Settings(given)
            let options = try ServiceOptions(service: definition.name, settings)
            // A property that librdkafka does not know is refused here.
            let producer = try KafkaProducer(options.kafka)
            producer.close()
            let log = Log(service: definition.name, level: .error, style: .json) { _ in }
            _ = try definition.compose(
                ServiceContext(pool: PostgresPool(options.postgres, size: 1), log: log, settings: settings))
        } catch {
            faults.append("\(definition.name): \(error)")
        }
        return faults
    }

    /// The settings of its README, which are made from the code, and those that are read before them.
    private static func names(of definition: any ServiceDefinition.Type) throws -> Set<String> {
        let table = try ServiceDescription(definition).written(
            into: "<!-- described: settings -->\n<!-- /described -->")
        let rows = table.split(separator: "\n").filter { $0.hasPrefix("| `") }
        return Set(rows.map { String($0.dropFirst(3).prefix { $0 != "`" }) }).union(["LOG_LEVEL", "RAPPORT_SETTINGS"])
    }

    /// What is wrong with the settings of the Broker.
    static func faultsOfBroker(_ given: [String: String]) -> [String] {
        var asked: Set<String> = []
        do {
            _ = try BrokerSettings { name in
                asked.insert(name)
                return given[name]
            }
        } catch {
            return ["the Broker: \(error)"]
        }
        return given.keys.filter { !asked.contains($0) }.sorted().map { "the Broker knows no \($0)" }
    }

    /// The lines of a file of settings.
    nonisolated static func lines(_ text: String) -> [String: String] {
        let pairs = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line in
            line.firstIndex(of: "=").map { (String(line[..<$0]), String(line[line.index(after: $0)...])) }
        }
        return Dictionary(pairs) { $1 }
    }
}
