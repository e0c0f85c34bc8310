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
                if ["number", "date"].contains(said.type) {
                    transaction.enqueue(LongWork.allow)
                    transaction.enqueue(FieldStore.fill, said.key)
                }
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
