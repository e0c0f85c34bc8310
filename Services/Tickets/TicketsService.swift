import CRMModel
import ServiceKit

/// Tickets: what customers ask, and what they were promised about time.
public enum TicketsService: ServiceDefinition {
    /// Its schema, group and program.
    public static let name = "tickets"
    /// Where it tells its events.
    public static let topic = Topic.tickets
    /// All that it holds of persons.
    public static let personalData: PersonalData? = ticketsPersonalData
    /// What it can do.
    public static let capabilities: [Capability] = [
        .redirects, .customers, .tickets, .policies, .clocks, .surveys, .directory,
        .audit(of: name),
    ]
}
