import CRMModel
import FoundationEssentials
import HTTP
import ServiceKit

/// One condition of a list; a list's conditions hold together.
struct PartyCondition: Codable {
    /// `country`, `tag`, `custom.score`, `value.net`, …; see `PartyQuery`.
    let field: String
    /// ISO 4217, for `value.` fields.
    var currency: String?
    var `is`: CustomValue?
    var isNot: CustomValue?
    var `in`: [CustomValue]?
    var atLeast: CustomValue?
    var atMost: CustomValue?
    var isSet: Bool?

    /// Reads the parameter `filter`: a JSON list of conditions.
    static func list(_ text: String?) throws -> [PartyCondition] {
        guard let text, !text.isEmpty else { return [] }
        guard !text.utf8.contains(0), !text.contains("\\u0000") else {
            throw Problem.field("filter", "must not have a NUL character")
        }
        do {
            return try JSONDecoder().decode([PartyCondition].self, from: Data(text.utf8))
        } catch let error as DecodingError {
            let problem = ModelJSON.problem(error)
            throw Problem.field("filter\(problem.field.isEmpty ? "" : ".")\(problem.field)", problem.message)
        }
    }
}

/// What a list or search asks for.
struct PartyListRequest: Codable {
    var search: String?
    var filter: [PartyCondition]?
    /// `name`, `createdAt`, `updatedAt` or `value.net`.
    var sort: String?
    var descending: Bool?
    /// For the sort by value.
    var currency: String?
    /// For the sort by name: the reader's.
    var language: String?
}
