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
            gives: .json(.object([.init("items", .array(fieldSchema))]))
        ) { _ in
            let items = try await context.query(FieldStore.list).map { try $0.value(0) as String }
            return .stored("{\"items\":[\(items.joined(separator: ","))]}")
        },
        Route(
            .post, "/v1/fields", "Adds a custom field to parties", tag: "fields", access: .configure,
            body: .json(newFieldSchema), gives: .json(fieldSchema, .created), refuses: [409]
        ) { request in
            let input = try await request.model(FieldInput.self)
            let (key, label, type) = try input.checkedNew()
            return try await context.create(request) { transaction in
                let rows = try await transaction.query(FieldStore.insert, key, label, type, input.choices ?? [])
                return Response.stored(try rows.first?.value(0) ?? "", status: .created)
                    .with("location", "/v1/fields/\(key)").with("etag", "\"1\"")
            }
        },
        Route(
            .patch, "/v1/fields/{key}",
            "Changes a field's label or adds choices; a 412 has both versions, `current` and `yours`", tag: "fields",
            access: .configure,
            parameters: [.ifMatch], body: .json(changedFieldSchema), gives: .json(fieldSchema),
            refuses: [412, 428]
        ) { request in
            let key = request.path("key")
            let seen = try await Seen(request)
            let input = try await request.model(FieldInput.self)
            let label = try FieldCheck.text(input.label, "label", atMost: 100)
            return try await context.transaction { transaction in
                let (type, version) = try await lockField(key, seen, transaction)
                if input.choices != nil { try input.checkChoices(type) }
                let rows = try await transaction.query(FieldStore.update, key, label, input.choices)
                return Response.stored(try rows.first?.value(0) ?? "", version: version + 1)
            }
        },
        Route(
            .delete, "/v1/fields/{key}", "Takes a field away; values that parties have stay in their records",
            tag: "fields", access: .configure, parameters: [.ifMatch], gives: .nothing, refuses: [412, 428]
        ) { request in
            let seen = try await Seen(request)
            let key = request.path("key")
            return try await context.transaction { transaction in
                _ = try await lockField(key, seen, transaction)
                transaction.enqueue(FieldStore.strip, key)
                transaction.enqueue(FieldStore.delete, key)
                return Response(.noContent)
            }
        },
    ]
}

/// Locks a field for a caller who has seen its latest form, and gives its type and its version.
@Loop
private func lockField(
    _ key: String, _ seen: Seen, _ transaction: Transaction
) async throws -> (type: String, version: Int) {
    guard let row = try await transaction.query(FieldStore.lock, key).first else {
        throw Problem(status: .notFound, detail: "There is no custom field \(key).")
    }
    let version: Int = try row.value(0)
    try seen.check("field", try row.value(2), at: version)
    return (try row.value(1), version)
}

private struct FieldInput: Decodable {
    let key: String?
    let label: String?
    let type: String?
    let choices: [String]?

    func checkedNew() throws -> (key: String, label: String, type: String) {
        let key = try FieldCheck.needed(key, "key", atMost: 50)
        let isPlain = key.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
        guard isPlain else { throw Problem.field("key", "takes lower-case letters, digits and underscores") }
        let type = try FieldCheck.needed(type, "type")
        _ = try FieldCheck.word(type, "type", of: CustomField.types)
        try checkChoices(type)
        return (key, try FieldCheck.needed(label, "label", atMost: 100), type)
    }

    func checkChoices(_ type: String) throws {
        let choices = choices ?? []
        guard type == "choice" ? !choices.isEmpty : choices.isEmpty else {
            throw Problem.field("choices", type == "choice" ? "is required" : "goes with the type choice only")
        }
        guard choices.count <= 500, Set(choices).count == choices.count else {
            throw Problem.field("choices", "takes at most 500 different ones")
        }
        for (index, choice) in choices.enumerated() {
            _ = try FieldCheck.needed(choice, "choices[\(index)]", atMost: 100)
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

private let newFieldSchema = Schema.object([
    .init("key", .string, "Lower-case letters, digits and underscores; its name in `custom`"),
    .init("label", .string), .init("type", .enumeration(CustomField.types)),
    .init("choices", .array(.string), required: false, "For the type choice: the values it takes"),
])

private let changedFieldSchema = Schema.object([
    .init("label", .string, required: false), .init("choices", .array(.string), required: false),
])
