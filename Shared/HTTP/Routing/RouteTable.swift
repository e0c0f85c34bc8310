/// Routes by path: whole paths without parameters in a dictionary, the others in a tree by segment.
struct RouteTable: Sendable {
    enum Match: Sendable {
        case found(Int, [String])
        case wrongMethod(allow: String)
        case unknown
        case malformed
    }

    /// The routes of one path by method.
    private typealias Endpoint = [Method: Int]

    private struct Node {
        var children: [String: Int] = [:]
        var parameter: Int?
        var endpoint: Endpoint = [:]
    }

    private var nodes = [Node()]
    private var fixed: [String: Endpoint] = [:]

    init(_ routes: [Route]) {
        for (index, route) in routes.enumerated() {
            let segments = route.path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
            var node = 0
            for segment in segments {
                node = segment.hasPrefix("{") ? parameterChild(of: node) : child(of: node, String(segment))
            }
            precondition(nodes[node].endpoint[route.method] == nil, "two routes for \(route.method) \(route.path)")
            nodes[node].endpoint[route.method] = index
            if route.pathNames.isEmpty { fixed[route.path] = nodes[node].endpoint }
        }
    }

    private mutating func child(of node: Int, _ segment: String) -> Int {
        if let child = nodes[node].children[segment] { return child }
        nodes.append(Node())
        nodes[node].children[segment] = nodes.count - 1
        return nodes.count - 1
    }

    private mutating func parameterChild(of node: Int) -> Int {
        if let child = nodes[node].parameter { return child }
        nodes.append(Node())
        nodes[node].parameter = nodes.count - 1
        return nodes.count - 1
    }

    // MARK: Finding

    func match(_ head: RequestHead) -> Match {
        if let endpoint = fixed[head.text(head.path)] { return choose(endpoint, head.method, []) }
        var segments: [String] = []
        let path = head.bytes[head.path].dropFirst()
        for part in path.split(separator: Byte.slash, omittingEmptySubsequences: false) {
            guard let segment = PercentCoding.decode(part), segment != ".", segment != ".." else { return .malformed }
            segments.append(segment)
        }
        var values: [String] = []
        guard let endpoint = find(segments[...], 0, &values) else { return .unknown }
        return choose(endpoint, head.method, values)
    }

    /// Static segments first, then the parameter; goes back where the first choice leads nowhere.
    private func find(_ segments: ArraySlice<String>, _ node: Int, _ values: inout [String]) -> Endpoint? {
        guard let segment = segments.first else {
            return nodes[node].endpoint.isEmpty ? nil : nodes[node].endpoint
        }
        if let child = nodes[node].children[segment], let found = find(segments.dropFirst(), child, &values) {
            return found
        }
        guard let child = nodes[node].parameter, !segment.isEmpty else { return nil }
        values.append(segment)
        if let found = find(segments.dropFirst(), child, &values) { return found }
        values.removeLast()
        return nil
    }

    private func choose(_ endpoint: Endpoint, _ method: Method, _ values: [String]) -> Match {
        if let index = endpoint[method] { return .found(index, values) }
        if method == .head, let index = endpoint[.get] { return .found(index, values) }
        var allowed = Set(endpoint.keys)
        if allowed.contains(.get) { allowed.insert(.head) }
        return .wrongMethod(allow: allowed.map(\.rawValue).sorted().joined(separator: ", "))
    }
}
