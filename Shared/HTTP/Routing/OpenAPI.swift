/// The OpenAPI 3.1 description of routes.
public enum OpenAPI {
    /// The document, JSON; serve it at `/openapi.json`.
    public static func document(title: String, version: String, routes: [Route]) -> [UInt8] {
        var schemas: [String: JSONValue] = ["Problem": describe(problem)]
        for route in routes { collect(from: route, into: &schemas) }
        var paths: [(String, [(String, JSONValue)])] = []
        for route in routes {
            let operation = (route.method.rawValue.lowercased(), describe(route))
            if let index = paths.firstIndex(where: { $0.0 == route.path }) {
                paths[index].1.append(operation)
            } else {
                paths.append((route.path, [operation]))
            }
        }
        let components = schemas.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return JSONValue.object([
            ("openapi", .string("3.1.0")),
            ("info", .object([("title", .string(title)), ("version", .string(version))])),
            ("paths", .object(paths.map { ($0.0, .object($0.1)) })),
            ("components", .object([("schemas", .object(components)), ("securitySchemes", .object([bearer]))])),
        ]).bytes
    }

    /// The one way to say who asks; a signed link is part of its address.
    private static let bearer = (
        "bearer",
        JSONValue.object([
            ("type", .string("http")), ("scheme", .string("bearer")),
            ("description", .string("A key with rights (rapport keys), or the administrator's token")),
        ])
    )

    /// What an operation asks for: a bearer with its right, or nothing.
    private static func security(of route: Route) -> JSONValue {
        guard let right = route.right else { return .array([]) }
        return .array([.object([("bearer", .array([.string(right)]))])])
    }

    private static let problem = Schema.object([
        .init("type", .string), .init("title", .string), .init("status", .integer()),
        .init("detail", .string, required: false),
        .init(
            "errors", .array(.object([.init("field", .string), .init("message", .string)])), required: false),
    ])

    // MARK: Operations

    private static func describe(_ route: Route) -> JSONValue {
        var members: [(String, JSONValue)] = [("summary", .string(route.summary))]
        if !route.tag.isEmpty { members.append(("tags", .array([.string(route.tag)]))) }
        let parameters = pathParameters(route) + route.parameters.filter { $0.place != .path }
        if !parameters.isEmpty { members.append(("parameters", .array(parameters.map(describe)))) }
        if let content = content(route.body) {
            members.append(
                (
                    "requestBody",
                    .object([
                        ("required", .boolean(true)), ("content", content),
                        ("x-maximum-bytes", .integer(route.takes.bytes)),
                    ])
                ))
        }
        // Who looks at a page is refused by one.
        let isPage = route.answers.contains { if case .bytes("text/html") = $0.body { true } else { false } }
        let given = route.answers.map { (String($0.status.rawValue), describe($0)) }
        let refused = (route.refusals + implied(route)).map {
            (String($0.rawValue), describe(refusal: $0, isPage: isPage))
        }
        members.append(("responses", .object(given + refused)))
        members.append(("security", security(of: route)))
        if let right = route.right { members.append(("x-right", .string(right))) }
        return .object(members)
    }

    /// What every route of a kind may refuse without saying so.
    private static func implied(_ route: Route) -> [Status] {
        var refusals: [Status] = []
        if !route.parameters.isEmpty || route.method != .get { refusals.append(.badRequest) }
        if !route.pathNames.isEmpty { refusals.append(.notFound) }
        if case .none = route.body {} else { refusals += [.contentTooLarge, 415] }
        if route.right != nil { refusals += [.unauthorized, .forbidden] }
        refusals += [.tooManyRequests, .unavailable]
        let given = route.answers.map(\.status)
        refusals.removeAll { given.contains($0) }
        return refusals.filter { !route.refusals.contains($0) }
    }

    /// Every name in the path, with the shape given to it or else as text.
    private static func pathParameters(_ route: Route) -> [Route.Parameter] {
        route.pathNames.map { name in
            route.parameters.first { $0.place == .path && $0.name == name } ?? .path(name, .string)
        }
    }

    private static func describe(_ parameter: Route.Parameter) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("name", .string(parameter.name)), ("in", .string(parameter.place.rawValue)),
            ("required", .boolean(parameter.isRequired)), ("schema", describe(parameter.schema)),
        ]
        if !parameter.description.isEmpty { members.append(("description", .string(parameter.description))) }
        return .object(members)
    }

    private static func describe(_ answer: Route.Answer) -> JSONValue {
        var members: [(String, JSONValue)] = [("description", .string(answer.status.reason))]
        if let content = content(answer.body) { members.append(("content", content)) }
        return .object(members)
    }

    private static func describe(refusal status: Status, isPage: Bool) -> JSONValue {
        let schema = JSONValue.object([("schema", describe(.reference("Problem")))])
        let page: [(String, JSONValue)] = isPage ? [("text/html", .object([]))] : []
        return .object([
            ("description", .string(status.reason)),
            ("content", .object([("application/problem+json", schema)] + page)),
        ])
    }

    private static func content(_ body: Route.Body) -> JSONValue? {
        switch body {
        case .none: nil
        case .json(let schema): .object([("application/json", .object([("schema", describe(schema))]))])
        case .bytes(let contentTypes):
            .object(contentTypes.split(separator: ", ").map { (String($0), .object([])) })
        }
    }

    // MARK: Shapes

    static func describe(_ schema: Schema) -> JSONValue {
        switch schema {
        case .string: return .object([("type", .string("string"))])
        case .format(let format): return .object([("type", .string("string")), ("format", .string(format))])
        case .enumeration(let values):
            return .object([("type", .string("string")), ("enum", .array(values.map(JSONValue.string)))])
        case .integer(let range):
            var members: [(String, JSONValue)] = [("type", .string("integer"))]
            if let range {
                members += [("minimum", .integer(range.lowerBound)), ("maximum", .integer(range.upperBound))]
            }
            return .object(members)
        case .number: return .object([("type", .string("number"))])
        case .boolean: return .object([("type", .string("boolean"))])
        case .array(let element): return .object([("type", .string("array")), ("items", describe(element))])
        case .object(let properties): return describe(properties)
        case .map(let value):
            return .object([("type", .string("object")), ("additionalProperties", describe(value))])
        case .nullable(let schema):
            return .object([("anyOf", .array([describe(schema), .object([("type", .string("null"))])]))])
        case .named(let name, _), .reference(let name):
            return .object([("$ref", .string("#/components/schemas/\(name)"))])
        case .any: return .object([])
        }
    }

    private static func describe(_ properties: [Schema.Property]) -> JSONValue {
        let required = properties.filter(\.isRequired).map { JSONValue.string($0.name) }
        var members: [(String, JSONValue)] = [("type", .string("object"))]
        if !required.isEmpty { members.append(("required", .array(required))) }
        let described = properties.map { property in
            var schema = describe(property.mayBeNull ? nullable(property.schema) : property.schema)
            if !property.description.isEmpty, case .object(let inner) = schema {
                schema = .object(inner + [("description", .string(property.description))])
            }
            return (property.name, schema)
        }
        members.append(("properties", .object(described)))
        return .object(members)
    }

    private static func nullable(_ schema: Schema) -> Schema {
        switch schema {
        case .nullable, .any: schema
        default: .nullable(schema)
        }
    }

    // MARK: Named shapes

    private static func collect(from route: Route, into schemas: inout [String: JSONValue]) {
        for body in [route.body] + route.answers.map(\.body) {
            if case .json(let schema) = body { collect(from: schema, into: &schemas) }
        }
        for parameter in route.parameters { collect(from: parameter.schema, into: &schemas) }
    }

    private static func collect(from schema: Schema, into schemas: inout [String: JSONValue]) {
        switch schema {
        case .named(let name, let inner):
            guard schemas[name] == nil else { return }
            schemas[name] = describe(inner)
            collect(from: inner, into: &schemas)
        case .array(let inner), .map(let inner), .nullable(let inner): collect(from: inner, into: &schemas)
        case .object(let properties):
            for property in properties { collect(from: property.schema, into: &schemas) }
        default: break
        }
    }
}
