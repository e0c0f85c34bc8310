import CRMModel
import ServiceKit

/// Notifications: messages that the other services ask for, each sent once.
public enum NotificationsService: ServiceDefinition {
    /// Its schema, group and program.
    public static let name = "notifications"
    /// Where it tells its events.
    public static let topic = Topic.notifications
    /// All that it holds of persons.
    public static let personalData: PersonalData? = notificationsPersonalData
    /// What it can do.
    public static let capabilities: [Capability] = [
        .redirects, .suppressions, .templates, .messages, .delivery, .directory,
        .audit(of: name),
    ]
}
