import CRMModel
import Text

/// What a column of a file can be.
enum ImportColumn: Hashable, Sendable {
    case field(String)
    case custom(String)
    case ignored

    /// The names that columns go by, folded, without blanks and punctuation.
    private static let names: [String: String] = {
        let lists: [String: String] = [
            "name":
                "name fullname displayname customername contactname accountname companyname 姓名 名称 名字 客户名称 客户姓名 联系人 全名 公司名称",
            "givenName": "firstname givenname forename 名", "familyName": "lastname familyname surname 姓",
            "email": "email emails mail emailaddress mailaddress 邮箱 电子邮箱 电子邮件 邮件 邮件地址",
            "phone": "phone phones telephone tel mobile cell phonenumber 电话 手机 手机号 手机号码 联系电话 电话号码",
            "kind": "kind type customertype 类型 客户类型", "language": "language lang 语言",
            "timeZone": "timezone tz 时区", "country": "country 国家 国家地区", "notes": "notes note comment remarks 备注 说明",
            "tags": "tags tag labels 标签", "owner": "owner accountowner salesperson 负责人 所有者",
            "category": "category businesscategory 业务类别", "birthday": "birthday birthdate dateofbirth 生日 出生日期",
            "organisation": "organisation organization company employer 公司 单位",
            "title": "title jobtitle position 职务 职位",
            "street": "street address addressline1 地址 详细地址 街道", "city": "city town 城市",
            "region": "region state province 省 省份", "postalCode": "postalcode postcode zip zipcode 邮编 邮政编码",
            "reference": "reference externalid customerno customernumber id 编号 客户编号 外部编号",
        ]
        var names: [String: String] = [:]
        for (field, list) in lists {
            for name in list.split(separator: " ") { names[String(name)] = field }
            names[simple(field)] = field
        }
        return names
    }()

    /// The fields that a mapping may name.
    static let fields = Set(names.values)

    /// Finds what a heading means: by the caller's mapping, a known name, or a custom field's key or label.
    init(_ heading: String, mapping: [String: String], customKeys: [String: String]) {
        let clean = heading.trimmed
        let wanted = mapping[clean] ?? clean
        if mapping[clean] == "" {
            self = .ignored
        } else if wanted.hasPrefix("custom."), customKeys.values.contains(String(wanted.dropFirst(7))) {
            self = .custom(String(wanted.dropFirst(7)))
        } else if let field = Self.names[Self.simple(wanted)] {
            self = .field(field)
        } else if let key = customKeys[Self.simple(wanted)] {
            self = .custom(key)
        } else {
            self = .ignored
        }
    }

    /// Folded, letters and digits only.
    static func simple(_ text: String) -> String {
        String(SearchText.fold(text).filter { $0.isLetter || $0.isNumber })
    }
}
