import FoundationEssentials

/// The value of a custom field, as JSON has it: a number keeps its digits as given.
enum CustomValue: Codable, Equatable {
    case text(String)
    case number(Decimal)
    case boolean(Bool)

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let flag = try? container.decode(Bool.self) {
            self = .boolean(flag)
        } else if let number = try? container.decode(Decimal.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "must be text, a number, true or false")
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .number(let number): try container.encode(number)
        case .boolean(let flag): try container.encode(flag)
        }
    }

    /// What filters compare with for equality.
    var facet: String? {
        switch self {
        case .text(let text): text.count <= 200 ? text : nil
        case .number(let number): "\(number)"
        case .boolean(let flag): "\(flag)"
        }
    }
}
