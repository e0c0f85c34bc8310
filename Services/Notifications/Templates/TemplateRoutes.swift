import EventLoop
import HTTP
import ServiceKit

@Loop
func templateRoutes(language: String) -> [Route] {
    [
        Route(
            .get, "/v1/templates", "The templates there are", tag: "templates", access: .read,
            gives: .json(.items(.object([.init("name", .string), .init("languages", .array(.string))])))
        ) {
            _ in
            let items = Template.all.sorted { $0.key < $1.key }.map {
                TemplateEntry(name: $0.key, languages: $0.value.words.keys.sorted())
            }
            return try Response(.ok, json: ["items": items])
        },
        Route(
            .post, "/v1/templates/{name}/preview", "What a message would say", tag: "templates", access: .change,
            body: .json(
                .object([.init("language", .string, required: false), .init("data", .map(.string), required: false)])),
            gives: .json(previewed)
        ) { request in
            let name = request.path("name")
            guard let template = Template.all[name] else {
                throw Problem(status: .notFound, detail: "There is no template \"\(name)\".")
            }
            let input = try await request.model(PreviewInput.self)
            let text = template.rendered(input.language, fallback: language, input.data ?? [:])
            return try Response(.ok, json: text)
        },
    ]
}

private struct TemplateEntry: Encodable {
    let name: String
    let languages: [String]
}

private struct PreviewInput: Decodable {
    let language: String?
    let data: [String: String]?
}

private let previewed = Schema.object([
    .init("language", .string), .init("subject", .string), .init("text", .string), .init("html", .string),
])
