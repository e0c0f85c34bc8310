import FoundationEssentials

/// A party as exports write it, read from the JSON of `PartyStore`.
struct ExportedParty: Decodable, Sendable {
    let id: String
    let kind: String
    let name: String
    let language: String?
    let timeZone: String?
    let country: String?
    let notes: String?
    let tags: [String]
    let owner: String?
    let category: String?
    let birthday: String?
    let emails: [PartyDetails.Email]
    let phones: [PartyDetails.Phone]
    let addresses: [PartyDetails.Address]
    let organisation: String?
    let title: String?
    let custom: [String: CustomValue]
    let references: [Reference]

    struct Reference: Decodable, Sendable {
        let system: String
        let reference: String
    }

    /// The headings of a CSV export in English or Chinese, both of which import knows; custom fields follow by their keys.
    static func headings(isChinese: Bool) -> [String] {
        isChinese
            ? [
                "编号", "姓名", "类型", "邮箱", "电话", "语言", "时区", "国家", "省份", "城市", "地址", "邮编", "公司", "职务", "生日", "负责人",
                "业务类别", "标签", "备注",
            ]
            : [
                "reference", "name", "kind", "email", "phone", "language", "timeZone", "country", "region", "city",
                "street",
                "postalCode", "organisation", "title", "birthday", "owner", "category", "tags", "notes",
            ]
    }

    /// The cells under the headings.
    func cells(_ customKeys: [String]) -> [String?] {
        let address = addresses.first
        let reference = references.first { $0.system == "import" } ?? references.first
        let cells: [String?] = [
            reference?.reference ?? id, name, kind, emails.map(\.address).joined(separator: ";"),
            phones.map(\.number).joined(separator: ";"), language, timeZone, country, address?.region, address?.city,
            address?.street, address?.postalCode, organisation, title, birthday, owner, category,
            tags.joined(separator: ","), notes,
        ]
        return cells + customKeys.map { custom[$0]?.cell }
    }
}

extension CustomValue {
    /// As a cell of a table.
    fileprivate var cell: String {
        switch self {
        case .text(let text): text
        case .number(let number): "\(number)"
        case .boolean(let flag): "\(flag)"
        }
    }
}
