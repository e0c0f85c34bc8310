import CRMModel
import EventLoop
import Kafka
import Postgres

/// What a service stands on. What is away is waited for without end, as parts may start in any order and come back after hours; what does
/// not pass by itself is an error at once that says what to do.
@Loop
struct Footing {
    let service: String
    let pool: PostgresPool
    let kafka: KafkaSettings
    /// All that the schema must have.
    let migrations: [String]
    let troubles: Troubles

    /// Opens the pool on a schema that lacks nothing.
    func database() async throws {
        while true {
            do {
                try await pool.start()
                let missing = try await missingMigrations()
                if missing.isEmpty { return troubles.end(.startWaits) }
                throw SettingError(
                    name: "the schema",
                    problem: "lacks \(missing.joined(separator: ", ")); run this program with `migrate` first")
            } catch let error as PostgresError {
                if let fault = lasting(error) { throw fault }
                troubles.begin(.startWaits, "\(error)")
            } catch let error as PoolExhausted {
                troubles.begin(.startWaits, "\(error)")
            }
            try await Loop.sleep(for: .milliseconds(200))
        }
    }

    /// Makes the topics that are missing.
    func topics() async throws {
        let plans = Topic.all.map {
            TopicPlan(name: $0.name, partitions: Topic.partitions, settings: $0.settings)
        }
        while true {
            do {
                let known = try await KafkaAdmin.topics(kafka)
                let missing = plans.filter { known[$0.name] == nil }
                if !missing.isEmpty { try await KafkaAdmin.createTopics(missing, kafka) }
                return troubles.end(.startWaits)
            } catch let error as KafkaError {
                if error.isConfiguration { throw error }
                if error.isRefusal {
                    throw SettingError(
                        name: "the Kafka cluster",
                        problem: "refuses this service: \(error.text); check"
                            + " KAFKA_SASL_… and KAFKA_SSL_…, and the rights of its user (deploy/topics.md)")
                }
                troubles.begin(.startWaits, error.text)
                try await Loop.sleep(for: .milliseconds(300))
            }
        }
    }

    private func missingMigrations() async throws -> [String] {
        do {
            return try await pool.query(ServiceStore.missingMigrations, migrations).map { try $0.value(0) }
        } catch let error as PostgresError where error.sqlState == "42P01" {
            return ["all tables"]
        }
    }

    /// What somebody has to mend, in words that say how; nil for what passes by itself.
    private func lasting(_ error: PostgresError) -> (any Error)? {
        let setting = "\(service.uppercased())_DATABASE_URL or DATABASE_URL"
        switch error.sqlState {
        case "28000", "28P01":
            return SettingError(
                name: setting,
                problem: "is refused by PostgreSQL: \(error.message); correct user and password, or make"
                    + " the role (deploy/database/roles.sql)")
        case "3D000":
            return SettingError(
                name: setting,
                problem: "names a database that is not there: \(error.message); create it, or correct the"
                    + " address")
        case "42501":
            return SettingError(
                name: setting,
                problem: "names a role that lacks a right: \(error.message); grant it what"
                    + " deploy/database/roles.sql grants, or use the role that ran `migrate`")
        default:
            // 42: the schema is not the one this program was made for.
            return error.verdict == .retry && !error.sqlState.hasPrefix("42") ? nil : error
        }
    }
}
