extension OpenAPI {
    /// What of routes contradicts itself, a line each: what no compiler finds and no single route shows.
    public static func faults(of routes: [Route]) -> [String] {
        var faults: [String] = []
        var seen: Set<String> = []
        var shapes = Shapes()
        for route in routes {
            let name = "\(route.method.rawValue) \(route.path)"
            let place = route.path.split(separator: "/").map { $0.hasPrefix("{") ? "{}" : $0 }.joined(separator: "/")
            if !seen.insert("\(route.method.rawValue) \(place)").inserted { faults.append("\(name) is there twice") }
            if route.right != nil, route.tag.isEmpty { faults.append("\(name) asks for a right without a name") }
            if let right = route.right, !route.tag.isEmpty, route.need == nil {
                faults.append("\(name) asks for \(right), whose area is not in the list of areas")
            }
            for parameter in route.parameters
            where parameter.place == .path && !route.pathNames.contains(parameter.name) {
                faults.append("\(name) has no {\(parameter.name)} in its path")
            }
            for parameter in route.parameters { shapes.take(parameter.schema) }
            for body in [route.body] + route.answers.map(\.body) {
                if case .json(let schema) = body { shapes.take(schema) }
            }
        }
        return faults + shapes.faults
    }

    /// The shapes that routes name.
    private struct Shapes {
        private var texts: [String: Set<[UInt8]>] = [:]
        private var references: Set<String> = []

        mutating func take(_ schema: Schema) {
            switch schema {
            case .named(let name, let inner):
                // Shapes that contain themselves do so by a reference.
                if texts[name, default: []].insert(OpenAPI.describe(inner).bytes).inserted { take(inner) }
            case .reference(let name): references.insert(name)
            case .array(let inner), .map(let inner), .nullable(let inner): take(inner)
            case .object(let properties): for property in properties { take(property.schema) }
            default: break
            }
        }

        var faults: [String] {
            texts.filter { $0.value.count > 1 }.keys.sorted().map { "the name \($0) has two shapes" }
                + references.subtracting(texts.keys).sorted().map { "the shape \($0) is described nowhere" }
        }
    }
}
