import CRMModel
import FoundationEssentials

/// What a test asks of a record, whatever it is of.
public protocol RecordDescription: Sendable {
    /// What of its fields does not fit the type that is published; nothing in a sound program.
    func faults() throws -> [String]
}

extension Record: RecordDescription where Root: Codable {
    /// A member of the type without a field, and a field whose key path leads to the member of another name: what no compiler finds.
    public func faults() throws -> [String] {
        guard case .object(let members) = DataShape.of(Root.self) else { return ["\(Root.self) has no members"] }
        let names = Set(fields.map(\.name))
        var faults = members.map(\.name).filter { !names.contains($0) && $0 != "\(name)Id" }.map {
            "\(name): \($0) of \(Root.self) is no field"
        }
        let empty = blank(UUID())
        let before = try Self.members(of: empty)
        for field in fields {
            guard let after = Self.other(than: empty, in: field) else {
                faults.append("\(name).\(field.name): nothing fits it")
                continue
            }
            let changed = try Self.members(of: after).filter { before[$0.key] != $0.value }.map(\.key)
            if changed != [field.name] { faults.append("\(name).\(field.name) writes \(changed)") }
        }
        return faults
    }

    /// A record with another value in one field, of whatever type it is.
    private static func other(than empty: Root, in field: Field<Root>) -> Root? {
        let values = ["\"1\"", "1", "\"2011-12-31\"", "\"2011-12-31T00:00:00Z\"", "true", "[\"1\"]"]
        let id = "\"00000000-0000-7000-8000-000000000001\""
        for value in values + [id, "[\(id)]"] {
            var root = empty
            do {
                try Array(value.utf8).withUnsafeBytes { bytes in
                    var reader = JSONReader(bytes)
                    try field.member.set(&reader, in: &root)
                }
                return root
            } catch {
                continue
            }
        }
        return nil
    }

    private static func members(of root: Root) throws -> [String: String] {
        var members: [String: String] = [:]
        let text = Array(try ModelJSON.text(root).utf8)
        try text.withUnsafeBytes { bytes in
            try JSONReader.object(bytes) { name, reader throws(JSONError) in
                members[name] = String(decoding: text[try reader.range()], as: UTF8.self)
            }
        }
        return members
    }
}
