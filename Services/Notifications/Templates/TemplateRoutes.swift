import EventLoop
import HTTP
import ServiceKit

@Loop
func templateRoutes(language: String) -> [Route] {
    [
        Route(
            .get, "/v1/templates", "The templates there are", tag: "templates", access: .read,
            gives: .json(.items(.reading(TemplateEntry.self)))
        ) { _ in
            let items = Template.all.sorted { $0.key < $1.key }.map {
                TemplateEntry(name: $0.key, languages: $0.value.words.keys.sorted())
            }
            return try Response(.ok, json: ["items": items])
        },
        Route(
            .post, "/v1/templates/{name}/preview", "What a message would say", tag: "templates", access: .change,
            body: preview.body, takes: preview.takes, gives: .json(.reading(Template.Rendered.self))
        ) { request in
            let name = request.path("name")
            guard let template = Template.all[name] else {
                throw Problem(status: .notFound, detail: "There is no template \"\(name)\".")
            }
            let said = try await preview.read(request)
            // Of the most that a body takes come megabytes, which nobody is to wait for.
            return try await Loop.offload {
                try Response(
                    .ok, json: template.rendered(said.language, fallback: language, said.data ?? [:]))
            }
        },
    ]
}

private struct TemplateEntry: Codable {
    let name: String
    let languages: [String]
}

private struct Preview: Decodable, Sendable {
    let language: String?
    let data: [String: String]?
}

private let preview = Input.command(Preview.self).taking(.text)
