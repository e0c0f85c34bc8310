import CRMModel
import FoundationEssentials
import Text

/// A column of an exported table: its heading, which import knows, and what it says of a party.
struct ExportColumn: Sendable {
    let name: String
    let chinese: String
    let cell: @Sendable (ExportedParty) -> String?

    /// All there are, but for custom fields, which follow by their keys.
    static let all: [ExportColumn] = [
        .init("reference", "编号") { $0.ownReference }, .init("name", "姓名") { $0.name }, .init("kind", "类型") { $0.kind },
        .init("email", "邮箱") { list($0.emails.map(\.address)) },
        .init("emailLabels", "邮箱标签") { labels($0.emails.map(\.label)) },
        .init("phone", "电话") { party in
            list(party.phones.map { $0.number + ($0.extension.map { " ext. \($0)" } ?? "") })
        },
        .init("phoneLabels", "电话标签") { labels($0.phones.map(\.label)) },
        .init("language", "语言") { $0.language }, .init("timeZone", "时区") { $0.timeZone },
        .init("country", "国家") { $0.country },
        .init("addressLabel", "地址标签") { $0.details.addresses?.first?.label },
        .init("street", "地址") { $0.details.addresses?.first?.street },
        .init("city", "城市") { $0.details.addresses?.first?.city },
        .init("region", "省份") { $0.details.addresses?.first?.region },
        .init("postalCode", "邮编") { $0.details.addresses?.first?.postalCode },
        .init("addressCountry", "地址国家") { $0.details.addresses?.first?.country },
        .init("moreAddresses", "其他地址") { moreAddresses($0.details.addresses ?? []) },
        .init("organisation", "公司") { $0.details.organisation }, .init("title", "职务") { $0.details.title },
        .init("taxId", "税号") { $0.details.taxId }, .init("birthday", "生日") { $0.birthday },
        .init("owner", "负责人") { $0.owner },
        .init("category", "业务类别") { $0.category }, .init("tags", "标签") { tags($0.tags) },
        .init("notes", "备注") { $0.notes },
        .init("handles", "社交帐号") { list(($0.details.handles ?? []).map { "\($0.network):\($0.handle)" }) },
        .init("likes", "喜好") { list($0.details.likes ?? []) },
        .init("preferences", "偏好") { party in
            list((party.details.preferences ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
        },
        .init("references", "外部编号列表") {
            list($0.references.filter { $0.system != "import" }.map { "\($0.system):\($0.reference)" })
        },
        .init("partyId", "系统编号") { $0.id }, .init("stage", "阶段") { $0.stage }, .init("consents", "同意") { $0.consents },
        .init("value", "价值") { $0.value }, .init("createdAt", "创建时间") { $0.createdAt },
        .init("updatedAt", "更新时间") { $0.updatedAt },
    ]

    private init(_ name: String, _ chinese: String, _ cell: @escaping @Sendable (ExportedParty) -> String?) {
        self.name = name
        self.chinese = chinese
        self.cell = cell
    }

    /// The column of a custom field.
    init(custom key: String) {
        self.init("custom.\(key)", "custom.\(key)") { $0.custom[key] }
    }

    /// Several values in a cell, as import reads them: parted by semicolons, a backslash before those of a value.
    private static func list(_ values: [String]) -> String? {
        values.isEmpty ? nil : values.map(escaped).joined(separator: ";")
    }

    private static func escaped(_ value: String) -> String {
        value.utf8.contains { $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: "\\") }
            ? value.replacing(["\\": "\\\\", ";": "\\;"]) : value
    }

    private static func labels(_ labels: [String?]) -> String? {
        labels.contains { $0 != nil } ? labels.map { escaped($0 ?? "") }.joined(separator: ";") : nil
    }

    /// Tags as people write them, unless one of them has a sign that parts them.
    private static func tags(_ tags: [String]) -> String? {
        let isPlain = !tags.contains { $0.unicodeScalars.contains { ",;，；、|\\".unicodeScalars.contains($0) } }
        if isPlain { return tags.isEmpty ? nil : tags.joined(separator: ",") }
        // A backslash at the beginning says that only semicolons part them; it means the sign behind it.
        return list(tags).map { $0.utf8.contains(UInt8(ascii: "\\")) ? $0 : "\\" + $0 }
    }

    /// The addresses that the columns have no room for.
    private static func moreAddresses(_ addresses: [PartyDetails.Address]) -> String? {
        guard addresses.count > 1 else { return nil }
        return try? ModelJSON.text(Array(addresses.dropFirst()))
    }
}
