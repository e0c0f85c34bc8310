/// JSON that somebody was shown, to be held against what is shown later.
enum ShownJSON: Decodable, Equatable {
    case object([String: ShownJSON]), list([ShownJSON]), string(String), number(Double), flag(Bool), null

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode([String: ShownJSON].self) {
            self = .object(value)
        } else if let value = try? container.decode([ShownJSON].self) {
            self = .list(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .flag(value)
        } else {
            self = .number(try container.decode(Double.self))
        }
    }

    /// What of it is not shown the same any more, a line each. Members may have come.
    func lost(in now: ShownJSON?, at place: String) -> [String] {
        guard let now else { return ["\(place) is gone, was \(self)"] }
        switch (self, now) {
        case (.object(let old), .object(let new)):
            return old.sorted { $0.key < $1.key }.flatMap { $0.value.lost(in: new[$0.key], at: "\(place).\($0.key)") }
        case (.list(let old), .list(let new)):
            let more = old.count < new.count ? ["\(place) has \(new.count) items, had \(old.count)"] : []
            return more
                + old.enumerated().flatMap { index, item in
                    item.lost(in: index < new.count ? new[index] : nil, at: "\(place)[\(index)]")
                }
        default:
            return self == now ? [] : ["\(place) is \(now), was \(self)"]
        }
    }
}

extension ShownJSON: CustomStringConvertible {
    var description: String {
        switch self {
        case .object(let members): "an object of \(members.keys.sorted().joined(separator: ", "))"
        case .list(let items): "a list of \(items.count)"
        case .string(let text): "\"\(text)\""
        case .number(let number): "\(number)"
        case .flag(let flag): "\(flag)"
        case .null: "null"
        }
    }
}
