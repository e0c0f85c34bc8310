import FoundationEssentials

/// An OpenAPI document as a caller reads it, and what of its routes is not as everywhere.
struct APIDocument: Decodable {
    private let paths: [String: [String: Operation]]
    private let components: Components

    private struct Components: Decodable { let schemas: [String: Shape] }

    private struct Operation: Decodable {
        let parameters: [Parameter]?
        let responses: [String: Answer]

        struct Parameter: Decodable { let name: String }
        struct Answer: Decodable { let content: [String: Media]? }
        struct Media: Decodable { let schema: Shape? }

        func takes(_ name: String) -> Bool { parameters?.contains { $0.name == name } == true }
    }

    /// As much of a shape as is asked for here.
    private struct Shape: Decodable {
        let name: String?
        let members: Set<String>
        let isSaid: Bool

        private enum Keys: String, CodingKey { case properties, reference = "$ref", type, anyOf }
        private struct Anything: Decodable {}

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: Keys.self)
            name = try values.decodeIfPresent(String.self, forKey: .reference)?.split(separator: "/").last.map(
                String.init)
            members = Set(
                try values.decodeIfPresent([String: Anything].self, forKey: .properties)?.keys.map { $0 } ?? [])
            isSaid = !values.allKeys.isEmpty
        }
    }

    init(_ json: [UInt8]) throws { self = try JSONDecoder().decode(Self.self, from: Data(json)) }

    /// A line each, in order of path and method.
    var faults: [String] {
        paths.sorted { $0.key < $1.key }.flatMap { path, operations in
            operations.sorted { $0.key < $1.key }.flatMap { method, operation in
                faults(of: operation, method).map { "\(method.uppercased()) \(path) \($0)" }
            }
        }
    }

    private func faults(of operation: Operation, _ method: String) -> [String] {
        let given = operation.responses.filter { $0.key.hasPrefix("2") }.sorted { $0.key < $1.key }
        var faults = given.isEmpty ? ["never succeeds"] : []
        faults += given.filter { !isDescribed($0.value, $0.key) }.map { "does not describe its \($0.key)" }
        switch method {
        case "patch":
            if !operation.takes("If-Match") { faults.append("does not take If-Match") }
            faults += ["412", "428"].filter { operation.responses[$0] == nil }.map { "does not refuse with \($0)" }
        case "post" where operation.responses["201"] != nil:
            if !operation.takes("Idempotency-Key") { faults.append("does not take Idempotency-Key") }
        case "get" where given.contains { isList($0.value) }:
            let missing = ["limit", "after"].filter { !operation.takes($0) }
            if !missing.isEmpty { faults.append("is a list without \(missing.joined(separator: " and "))") }
        default: break
        }
        return faults
    }

    /// Whether it says what comes: 202 and 204 may come without a body, and bytes have no shape.
    private func isDescribed(_ answer: Operation.Answer, _ status: String) -> Bool {
        guard let content = answer.content else { return ["202", "204"].contains(status) }
        return content.allSatisfy { $0.key != "application/json" || $0.value.schema?.isSaid == true }
    }

    private func isList(_ answer: Operation.Answer) -> Bool {
        guard let shape = answer.content?["application/json"]?.schema else { return false }
        let whole = shape.name.flatMap { components.schemas[$0] } ?? shape
        return whole.members.contains("items")
    }
}
