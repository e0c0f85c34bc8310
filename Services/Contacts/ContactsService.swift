import CRMModel
import ServiceKit

/// Contacts: the single picture of the customer.
public enum ContactsService: ServiceDefinition {
    /// Its schema, group and program.
    public static let name = "contacts"
    /// Where it tells its events.
    public static let topic = Topic.contacts
    /// All that it holds of persons.
    public static let personalData: PersonalData? = contactsPersonalData
    /// What it can do. Parties, consent and merges are its own, made over HTTP too and numbered as they were published, and so not rebuilt.
    public static let capabilities: [Capability] = [
        .firm, .ledger { _ in ValueHandlers.apply }, .parties, .values, .search, .merges, .duplicates, .relations,
        .fields, .views, .imports, .exports, .timeline, .interactions, .consents, .history, .conversions, .stages,
        .benefits, .customerLinks, .models, .reports, .odd, .classes, .privacy, .directory,
        .audit(of: name),
    ]
}
