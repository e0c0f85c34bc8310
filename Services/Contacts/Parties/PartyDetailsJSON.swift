import FoundationEssentials
import Text

extension PartyDetails {
    /// As JSON, written by hand: it is made of every row of an import, and the general encoder takes as long as all else of the row.
    var json: String {
        var members: [String] = []
        func add(_ name: String, _ list: [String]?) {
            if let list { members.append("\"\(name)\":[\(list.joined(separator: ","))]") }
        }
        func add(_ name: String, _ text: String?) {
            if let text { members.append("\"\(name)\":\(JSONString.text(text))") }
        }
        add("emails", emails?.map { Self.object([("address", $0.address), ("label", $0.label)]) })
        add(
            "phones",
            phones?.map {
                Self.object([("number", $0.number), ("label", $0.label), ("extension", $0.extension)])
            })
        add("addresses", addresses?.map { Self.object($0.named) })
        add("handles", handles?.map { Self.object([("network", $0.network), ("handle", $0.handle)]) })
        add("likes", likes?.map(JSONString.text))
        if let preferences {
            let sorted = preferences.sorted { $0.key < $1.key }
            members.append("\"preferences\":\(Self.object(sorted.map { ($0.key, $0.value) }))")
        }
        add("organisation", organisation)
        add("title", title)
        add("taxId", taxId)
        return "{\(members.joined(separator: ","))}"
    }

    private static func object(_ members: [(String, String?)]) -> String {
        let said = members.compactMap { name, value in
            value.map { "\(JSONString.text(name)):\(JSONString.text($0))" }
        }
        return "{\(said.joined(separator: ","))}"
    }
}
