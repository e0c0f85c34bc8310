import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

@Loop
func fieldRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .get, "/v1/fields", "The custom fields of parties", tag: "fields", access: .read,
            gives: .json(.items(fieldSchema))
        ) { _ in .items(try await context.rows(FieldStore.list).first) },
        Route(
            .post, "/v1/fields", "Adds a custom field to parties", tag: "fields", access: .configure,
            parameters: [.idempotencyKey], body: NewField.input.body, gives: .json(fieldSchema, .created),
            refuses: [409, 422]
        ) { request in
            let said = try await NewField.input.read(request)
            return try await context.create(request) { transaction in
                let made = try await transaction.rows(
                    FieldStore.insert, said.key, said.label, said.type, said.choices ?? [])
                return Response.stored(made.first ?? "", status: .created)
                    .with("location", "/v1/fields/\(said.key)").with("etag", "\"1\"")
            }
        },
        Route(
            .patch, "/v1/fields/{key}",
            "Changes a field's label or adds choices; a 412 has both versions, `current` and `yours`", tag: "fields",
            access: .configure, parameters: [.ifMatch], body: ChangedField.input.body, gives: .json(fieldSchema),
            refuses: [412, 428]
        ) { request in
            let key = request.path("key")
            let (seen, said) = (try await Seen(request), try await ChangedField.input.read(request))
            return try await context.transaction { transaction in
                let type = try await lockField(key, seen, transaction)
                if let choices = said.choices { try CustomField.check(choices, of: type) }
                guard
                    let (json, version) = try await transaction.rows(
                        FieldStore.update, key, said.label, said.choices
                    ).first
                else { throw Problem.missing("custom field", key) }
                return .stored(json, version: version)
            }
        },
        Route(
            .delete, "/v1/fields/{key}", "Takes a field away; values that parties have stay in their records",
            tag: "fields", access: .configure, parameters: [.ifMatch], gives: .nothing, refuses: [412, 428]
        ) { request in
            let (key, seen) = (request.path("key"), try await Seen(request))
            return try await context.transaction { transaction in
                _ = try await lockField(key, seen, transaction)
                transaction.enqueue(FieldStore.strip, key)
                transaction.enqueue(FieldStore.delete, key)
                return Response(.noContent)
            }
        },
    ]
}

/// Locks a field for a caller who has seen its latest form, and gives its type.
@Loop
private func lockField(_ key: String, _ seen: Seen, _ transaction: Transaction) async throws -> String {
    guard let (version, type, json) = try await transaction.rows(FieldStore.lock, key).first else {
        throw Problem.missing("custom field", key)
    }
    try seen.check("field", json, at: version)
    return type
}

/// What a caller says of a new field.
private struct NewField: Decodable {
    var key: String
    var label: String
    let type: String
    var choices: [String]?

    static let input = Input<NewField>(
        .json(
            .object([
                .init("key", .string, "Lower-case letters, digits and underscores; its name in `custom`"),
                .init("label", .string), .init("type", .enumeration(CustomField.types)),
                .init("choices", .array(.string), required: false, "For the type choice: the values it takes"),
            ]))
    ) { try await $0.model(NewField.self).checked() }

    private func checked() throws -> NewField {
        var field = self
        field.key = try FieldCheck.needed(key, "key", atMost: 50)
        let isPlain = field.key.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
        }
        guard isPlain else { throw Problem.field("key", "takes lower-case letters, digits and underscores") }
        _ = try FieldCheck.word(type, "type", of: CustomField.types)
        field.choices = try choices.map(CustomField.trimmed)
        try CustomField.check(field.choices ?? [], of: type)
        field.label = try FieldCheck.needed(label, "label", atMost: 100)
        return field
    }
}

/// What a caller changes of a field; its key and its type stay, for parties have values under them.
private struct ChangedField: Decodable {
    var label: String?
    var choices: [String]?

    private enum Keys: String, CodingKey, CaseIterable { case label, choices }

    static let input = Input<ChangedField>.command(ChangedField.self) { said in
        var field = said
        field.label = try FieldCheck.text(said.label, "label", atMost: 100)
        field.choices = try said.choices.map(CustomField.trimmed)
        return field
    }

    /// A member that is not said stays; none can be taken away.
    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Keys.self)
        for key in Keys.allCases where members.contains(key) {
            guard try !members.decodeNil(forKey: key) else { throw Problem.field(key.rawValue, "must not be null") }
        }
        label = try members.decodeIfPresent(String.self, forKey: .label)
        choices = try members.decodeIfPresent([String].self, forKey: .choices)
    }
}

extension CustomField {
    /// Choices as they are kept.
    fileprivate static func trimmed(_ choices: [String]) throws -> [String] {
        try choices.enumerated().map { try FieldCheck.needed($1, "choices[\($0)]", atMost: 100) }
    }

    /// Refuses choices that do not go with a type.
    fileprivate static func check(_ choices: [String], of type: String) throws {
        guard type == "choice" ? !choices.isEmpty : choices.isEmpty else {
            throw Problem.field("choices", type == "choice" ? "is required" : "goes with the type choice only")
        }
        guard choices.count <= 500, Set(choices).count == choices.count else {
            throw Problem.field("choices", "takes at most 500 different ones")
        }
    }
}

extension CustomFields {
    /// Reads `FieldStore.all`.
    init(_ rows: Rows) throws {
        var fields: [String: CustomField] = [:]
        for row in rows {
            let choices: String = try row.value(2)
            let field = CustomField(
                key: try row.value(0), type: try row.value(1),
                choices: try JSONDecoder().decode([String].self, from: Data(choices.utf8)))
            fields[field.key] = field
        }
        self.init(byKey: fields)
    }
}

private let fieldSchema = Schema.named(
    "CustomField",
    .object([
        .init("key", .string), .init("version", .integer()), .init("label", .string),
        .init("type", .enumeration(CustomField.types)), .init("choices", .array(.string)),
        .init("createdAt", .dateTime),
    ]))
