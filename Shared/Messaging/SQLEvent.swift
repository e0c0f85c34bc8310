import CRMModel

/// An event that SQL writes, for handlers that tell of many aggregates by one statement.
///
/// The text that it makes is held against the shape that the type reads, which AsyncAPI is made from: a member that is missing, unknown
/// or said twice ends the program where the statement is made, which is before it prepares its first one. What the members hold is
/// held against the type by the tests, which read all that they find in the outbox.
public enum SQLEvent {
    /// `INSERT INTO outbox … SELECT …`: complete it with `FROM`, an order and what else there is.
    ///
    /// - Parameters:
    ///   - type: the event.
    ///   - key: SQL that gives the aggregate's id as text.
    ///   - sequence: SQL that gives the aggregate's version after the change; nil where the key is no aggregate of this service.
    ///   - members: the names of its members, each with the SQL of its value.
    public static func insert<T: EventData>(
        _ type: T.Type, key: String, sequence: String?, _ members: KeyValuePairs<String, String>
    ) -> String {
        insert(type, key: key, sequence: sequence, payload: payload(type, members))
    }

    /// The same with data that are put together elsewhere, by `payload` for one.
    public static func insert<T: EventData>(
        _ type: T.Type, key: String, sequence: String?, payload: String
    ) -> String {
        "INSERT INTO outbox (topic, key, seq, type, payload)\n"
            + select(type, key: key, sequence: sequence, payload: payload)
    }

    /// The `SELECT …` alone: one more event in a statement that tells of several, behind `UNION ALL`.
    public static func select<T: EventData>(
        _ type: T.Type, key: String, sequence: String?, _ members: KeyValuePairs<String, String>
    ) -> String {
        select(type, key: key, sequence: sequence, payload: payload(type, members))
    }

    private static func select<T: EventData>(
        _ type: T.Type, key: String, sequence: String?, payload: String
    ) -> String {
        guard let contract = EventContract.named(T.type) else { preconditionFailure("\(T.type) is in no contract") }
        return """
            SELECT '\(contract.topic.name)', \(key), \(sequence ?? "NULL::bigint"), '\(contract.versionedType)', \(payload)
            """
    }

    /// `INSERT INTO outbox … SELECT …` of messages without data, which end what a compacted topic holds of their keys; complete it with
    /// `FROM`. The type is for those who look at the outbox: nobody reads what has no data.
    public static func end(of type: String, on topic: Topic, key: String) -> String {
        """
        INSERT INTO outbox (topic, key, type, payload)
        SELECT '\(topic.name)', \(key), '\(type).v1', NULL
        """
    }

    /// The data of an event as SQL.
    public static func payload<T: EventData>(_ type: T.Type, _ members: KeyValuePairs<String, String>) -> String {
        "\(object(members, of: type.shape, named: T.type))::text"
    }

    /// A part of the data of events as SQL: the state of an aggregate, which several of them tell.
    public static func object(_ type: any Decodable.Type, _ members: KeyValuePairs<String, String>) -> String {
        object(members, of: .of(type), named: "\(type)")
    }

    private static func object(
        _ members: KeyValuePairs<String, String>, of shape: DataShape, named name: String
    ) -> String {
        let faults = faults(of: members.map(\.key), in: shape)
        precondition(faults.isEmpty, "\(name) as SQL writes it: \(faults.joined(separator: ", "))")
        return "json_build_object(\(members.map { "'\($0.key)', \($0.value)" }.joined(separator: ", ")))"
    }

    /// What of some names does not fit a shape.
    static func faults(of names: [String], in shape: DataShape) -> [String] {
        guard case .object(let members) = shape else { return ["its type does not say what it reads"] }
        var faults: [String] = []
        for member in members where member.isNeeded && !names.contains(member.name) {
            faults.append("lacks \(member.name)")
        }
        for name in names where !members.contains(where: { $0.name == name }) { faults.append("\(name) is no member") }
        for name in Set(names) where names.count(where: { $0 == name }) > 1 { faults.append("\(name) stands twice") }
        return faults.sorted()
    }
}
