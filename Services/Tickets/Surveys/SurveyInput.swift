import HTTP
import ServiceKit
import Text

/// What a customer answers.
struct SurveyInput: Decodable {
    let score: Int
    var comment: String?

    static let input = Input.command(SurveyInput.self, ["score": .integer(1...5)]) { try $0.checked() }

    func checked() throws -> SurveyInput {
        guard (1...5).contains(score) else { throw Problem.field("score", "must be 1 to 5") }
        var input = self
        // A form sends what was left empty as an empty text.
        let said = comment.flatMap { $0.trimmed.isEmpty ? nil : $0 }
        input.comment = try FieldCheck.text(said, "comment", atMost: 5000)
        return input
    }
}
