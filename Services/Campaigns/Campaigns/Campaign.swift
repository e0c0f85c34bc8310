import HTTP
import ServiceKit

/// What a caller says of a new campaign.
struct CampaignInput: Decodable {
    struct Text: Decodable {
        let subject: String
        let body: String
    }

    struct Content: Decodable {
        var zh: Text?
        var en: Text?
    }

    var name: String?
    var segment: String?
    var template: String?
    var purpose: String?
    var content: Content?

    func checked() throws -> CampaignInput {
        var input = self
        input.name = try FieldCheck.needed(name, "name")
        guard segment != nil else { throw Problem.field("segment", "is required") }
        input.segment = try FieldCheck.word(segment, "segment", of: segmentNames)
        input.template = try FieldCheck.text(template, "template", atMost: 100) ?? "campaign"
        input.purpose = try FieldCheck.word(purpose, "purpose", of: ["marketing"]) ?? "marketing"
        guard let content, content.zh != nil || content.en != nil else {
            throw Problem.field("content", "must have a subject and a body in zh, en or both")
        }
        input.content = Content(
            zh: try content.zh?.checked("content.zh"), en: try content.en?.checked("content.en"))
        return input
    }
}

extension CampaignInput.Text {
    fileprivate func checked(_ field: String) throws -> Self {
        Self(
            subject: try FieldCheck.needed(subject, "\(field).subject"),
            body: try FieldCheck.needed(body, "\(field).body", atMost: 20_000))
    }
}
