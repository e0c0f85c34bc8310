/// What can keep a service from its work, or hurt it: each is a state that begins and ends.
public enum Trouble: String, CaseIterable, Sendable {
    /// PostgreSQL is not reached, or does not answer.
    case databaseAway = "database-away"
    /// PostgreSQL refuses the login.
    case databaseRefuses = "database-refuses"
    /// PostgreSQL's disk is full.
    case databaseFull = "database-full"
    /// PostgreSQL takes no changes: a standby, or one that was set so.
    case databaseReadOnly = "database-read-only"
    /// No connection for requests can be opened, though the database answers.
    case noConnections = "no-connections"
    /// No broker is reached, or one does not answer.
    case brokerAway = "broker-away"
    /// The brokers refuse the login, or what is wanted of them.
    case brokerRefuses = "broker-refuses"
    /// What the start needs is there and does not give it, for another reason than those above.
    case startWaits = "start-waits"
    /// The schema is not the one that spoke last for this service, or knows less than this process has seen of it.
    case otherLife = "other-life"
    /// Two copies of a schema of a service tell in one life.
    case twoCopies = "two-copies"
    /// The log no longer has the stored position.
    case positionLost = "position-lost"
    /// The group gives this process no partitions.
    case noPartitions = "no-partitions"
    /// Events are read and cannot be applied.
    case eventsNotApplied = "events-not-applied"
    /// Events wait in the outbox and none goes out.
    case eventsNotPublished = "events-not-published"
    /// Timers that are due cannot be fired.
    case timersStand = "timers-stand"
    /// Messages are put aside.
    case deadLetters = "dead-letters"
    /// Background work fails.
    case backgroundWork = "background-work"
    /// This process stood still: its loop was held, or it was frozen.
    case standstill

    /// The line at its beginning and the one at its end.
    var lines: (begin: String, end: String) {
        switch self {
        case .databaseAway: ("the database is away", "the database is back")
        case .databaseRefuses: ("the database refuses this service", "the database lets this service in again")
        case .databaseFull: ("the database's disk is full", "the database's disk has room again")
        case .databaseReadOnly: ("the database takes no changes", "the database takes changes again")
        case .noConnections: ("no connection to the database", "connections to the database again")
        case .brokerAway: ("the broker is away", "the broker is back")
        case .brokerRefuses: ("the broker refuses this service", "the broker lets this service in again")
        case .startWaits: ("the start waits", "the start goes on")
        case .otherLife: ("another schema has spoken for this service", "this schema speaks for this service")
        case .twoCopies: ("two copies of a service tell under the same numbers", "only one copy tells again")
        case .positionLost: ("the log no longer has the stored position", "the log has the position again")
        case .noPartitions: ("no partitions are assigned", "partitions are assigned again")
        case .eventsNotApplied: ("events cannot be applied", "events are applied again")
        case .eventsNotPublished: ("events are not published", "events are published again")
        case .timersStand: ("timers cannot be fired", "timers are fired again")
        case .deadLetters: ("messages are put aside", "no more messages are put aside")
        case .backgroundWork: ("background work fails", "background work goes on again")
        case .standstill: ("this process stood still", "this process runs freely again")
        }
    }

    /// What an operator can do about it, for the line at its beginning.
    var advice: String? {
        switch self {
        case .databaseRefuses: "check user and password in DATABASE_URL, and the role (deploy/database/roles.sql)"
        case .databaseFull: "make room on the database's disk; nothing is lost meanwhile"
        case .databaseReadOnly: "point DATABASE_URL at the primary, or end its default_transaction_read_only"
        case .brokerRefuses: "check KAFKA_SASL_… and KAFKA_SSL_…, and the rights (deploy/topics.md)"
        case .otherLife:
            "point DATABASE_URL at the schema that spoke last; or end all processes of this service and begin another life in this"
                + " one: `rapport-SERVICE new-epoch --actor WHO --reason WHY` (docs/run-it.md)"
        case .twoCopies: "end the older copy of the service that is named, or its database"
        case .positionLost: "nothing is skipped; an operator must decide: docs/run-it.md, \"When something is wrong\""
        case .deadLetters: "see `rapport dead-letters list`"
        default: nil
        }
    }

    /// Whether the process cannot do its work while it lasts, so that it is not ready.
    var isDisabling: Bool {
        switch self {
        case .timersStand, .deadLetters, .backgroundWork, .standstill, .twoCopies: false
        default: true
        }
    }

    /// How long it must last before it is one: a moment's retry is no trouble, nor a group that settles.
    var grace: Duration {
        switch self {
        case .databaseAway, .databaseRefuses, .noConnections, .brokerAway, .brokerRefuses: .seconds(2)
        case .databaseFull, .databaseReadOnly, .positionLost, .deadLetters, .standstill, .otherLife, .twoCopies: .zero
        case .startWaits, .noPartitions, .eventsNotApplied, .eventsNotPublished, .timersStand, .backgroundWork:
            .seconds(3)
        }
    }

    /// What may be the cause of it: while that stands, and until it had its time to pass too, it is not told by itself.
    var causes: [Trouble] {
        let database: [Trouble] = [.databaseAway, .databaseRefuses, .databaseFull, .databaseReadOnly]
        let broker: [Trouble] = [.brokerAway, .brokerRefuses]
        return switch self {
        case .databaseRefuses, .databaseFull, .databaseReadOnly: [.databaseAway]
        case .noConnections: database + [.otherLife]
        case .startWaits: database + broker
        case .noPartitions, .eventsNotPublished: database + broker + [.otherLife]
        case .eventsNotApplied: database + [.positionLost, .otherLife]
        case .timersStand, .backgroundWork: database
        default: []
        }
    }
}
