import CRMModel
import ServiceKit

/// Sales: accounts, leads, opportunities, quotes, and the orders that come of them.
public enum SalesService: ServiceDefinition {
    /// Its schema, group and program.
    public static let name = "sales"
    /// Where it tells its events.
    public static let topic = Topic.sales
    /// All that it holds of persons.
    public static let personalData: PersonalData? = salesPersonalData
    /// What it can do.
    public static let capabilities: [Capability] = [
        .firm, .ledger(), .rates, .accounts, .quotas, .revenue, .leads, .opportunities, .quotes, .orderRequests,
        .tasks, .activities, .directory,
        .audit(of: name),
    ]
}
