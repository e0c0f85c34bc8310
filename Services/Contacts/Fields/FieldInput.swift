import HTTP
import ServiceKit

/// What a caller says of a new field.
struct NewField: Decodable {
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
struct ChangedField: Decodable {
    var label: String?
    var choices: [String]?

    private enum Keys: String, CodingKey, CaseIterable { case label, choices }

    static let input = Input<ChangedField>(
        .json(
            .object([
                .init("label", .string, required: false, null: false),
                .init("choices", .array(.string), required: false, null: false),
            ]))
    ) { request in
        let said = try await request.model(ChangedField.self)
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
    static func check(_ choices: [String], of type: String) throws {
        guard type == "choice" ? !choices.isEmpty : choices.isEmpty else {
            throw Problem.field("choices", type == "choice" ? "is required" : "goes with the type choice only")
        }
        guard choices.count <= 500, Set(choices).count == choices.count else {
            throw Problem.field("choices", "takes at most 500 different ones")
        }
    }
}
