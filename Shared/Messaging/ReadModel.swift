/// A table of a service that follows from the topics alone, so that it can be rebuilt from them.
public struct ReadModel: Sendable {
    /// Its name, in the service's schema.
    public let table: String
    /// A query for what must be equal in two builds, a text each: whole rows unless a table holds what depends on the batches that
    /// its events came in.
    let rows: String
    /// The column of the person whose rows an erasure removes, where it does.
    let person: String?

    /// Names a table.
    public init(_ table: String, equal rows: String? = nil, person: String? = nil) {
        self.table = table
        self.rows = rows ?? "SELECT t::text FROM \(table) t"
        self.person = person
    }
}

/// What of a service can be rebuilt from the topics, and what it needs besides.
public struct RebuildPlan: Sendable {
    /// The tables.
    let models: [ReadModel]
    /// Tables that did not come from the topics and say how events are applied: they are copied.
    let given: [String]
    /// A query for the ids of persons who were erased; the topics still tell of them, so what is left of them is copied.
    let erased: String?

    /// Says what can be rebuilt.
    public init(_ models: [ReadModel], given: [String] = [], erased: String? = nil) {
        self.models = models
        self.given = given
        self.erased = erased
    }
}
