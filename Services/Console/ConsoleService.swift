import CRMModel
import ServiceKit

/// The console: who is of the firm and what they may.
public enum ConsoleService: ServiceDefinition {
    /// Its schema, group and program.
    public static let name = "console"
    /// Where it tells its events.
    public static let topic = Topic.people
    /// It holds nothing of customers.
    public static let personalData: PersonalData? = nil
    /// What it can do.
    public static let capabilities: [Capability] = [
        .keys, .territories, .roles, .sessions, .people, .teams, .absences, .signIn, .passkeys, .elsewhere, .pages,
        .consoleAudit,
    ]
}
