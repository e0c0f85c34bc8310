import CRMModel
import Text
import Writing

/// What a column of a file can be.
enum ImportColumn: Hashable, Sendable {
    case field(String)
    /// One of several of a kind, told by its heading: `Business Phone`.
    case labelled(String, label: String)
    /// The labels of the values in another column: `Phone 1 - Label`.
    case labels(of: String)
    case custom(String)
    /// What exports say and no file may set, as figures and consent.
    case shown
    case ignored

    /// The fields that a mapping may name.
    static let fields = Set(ImportHeadings.names.values)

    /// Finds what a heading means: by the caller's mapping, a known name, or a custom field's key or label.
    init(_ heading: String, mapping: [String: String], customKeys: [String: String]) {
        let clean = heading.trimmed
        let wanted = mapping[clean] ?? clean
        let simple = Self.simple(wanted)
        if mapping[clean] == "" {
            self = .ignored
        } else if wanted.hasPrefix("custom."), customKeys.values.contains(String(wanted.dropFirst(7))) {
            self = .custom(String(wanted.dropFirst(7)))
        } else if let field = ImportHeadings.names[simple] {
            self = .field(field)
        } else if let key = customKeys[simple] {
            self = .custom(key)
        } else {
            self = ImportHeadings.column(simple) ?? .ignored
        }
    }

    /// Whether its value is part of the name.
    var isName: Bool {
        switch self {
        case .field("name"), .field("givenName"), .field("familyName"), .field("organisation"): true
        default: false
        }
    }

    /// The field that it sets, for people; nil where it sets none.
    var fieldName: String? {
        switch self {
        case .field(let name), .labelled(let name, _): name
        case .labels(let field): "\(field).label"
        case .custom(let key): "custom.\(key)"
        case .shown, .ignored: nil
        }
    }

    /// Custom fields' keys by their folded keys and labels.
    static func keys(_ fields: [(key: String, label: String)]) -> [String: String] {
        var keys: [String: String] = [:]
        for (key, label) in fields {
            keys[simple(key)] = key
            keys[simple(label)] = key
        }
        return keys
    }

    /// Folded, letters and digits only.
    static func simple(_ text: String) -> String {
        String(Fold.text(text).filter { $0.isLetter || $0.isNumber })
    }
}

/// The headings that programs write in English, Chinese (which is folded to simplified characters) and German.
enum ImportHeadings {
    /// The names that fields go by, folded, without blanks and punctuation.
    static let names: [String: String] = {
        var names: [String: String] = [:]
        for (field, list) in lists {
            for name in list.split(whereSeparator: \.isWhitespace) { names[ImportColumn.simple(String(name))] = field }
            names[ImportColumn.simple(field)] = field
        }
        return names
    }()

    private static let lists: [String: String] = [
        "name": """
        name fullname displayname customername contactname accountname companyname fileas 姓名 名称 名字 客户名称 客户姓名 联系人 \
        联络人 全名 公司名称 显示名称 vollständigername anzeigename kundenname
        """,
        "givenName": "firstname givenname forename 名 vorname",
        "middleName": "middlename additionalname 中间名 weiterevornamen",
        "familyName": "lastname familyname surname 姓 姓氏 nachname familienname zuname",
        "namePrefix": "nameprefix anrede prefix", "nameSuffix": "namesuffix suffix",
        "email": """
        email emails mail emailaddress mailaddress primaryemail 邮箱 电子邮箱 电子邮件 电子邮件地址 邮件 邮件地址 电邮 信箱 \
        emailadresse mailadresse
        """,
        "phone": """
        phone phones telephone tel phonenumber telephonenumber 电话 联系电话 电话号码 联络电话 telefon telefonnummer rufnummer
        """,
        "kind": "kind type customertype 类型 客户类型", "language": "language lang 语言 sprache",
        "timeZone": "timezone tz 时区 zeitzone", "country": "country countryregion 国家 国家地区 国家和地区 国别 land landregion",
        "notes": "notes note comment comments remarks description 备注 说明 附注 备忘 notizen bemerkung bemerkungen notiz",
        "tags": "tags tag labels categories groupmembership 标签 分组 类别 群组 kategorien",
        "owner": "owner accountowner contactowner salesperson 负责人 所有者 客户经理",
        "category": "category businesscategory 业务类别",
        "birthday": "birthday birthdate dateofbirth bday 生日 出生日期 geburtstag geburtsdatum",
        "organisation": """
        organisation organization company employer organizationname organization1name 公司 单位 公司单位 企业 任职公司 firma \
        unternehmen
        """,
        "title": "title jobtitle position organizationtitle organization1title 职务 职位 职称 头衔 titel berufsbezeichnung",
        "taxId": "taxid taxnumber vatnumber vatid 税号 纳税人识别号 统一编号 ustid ustidnr steuernummer",
        "street": "street address addressline1 streetaddress 地址 详细地址 街道 街道地址 住址 straße strasse adresse anschrift",
        "city": "city town locality 城市 市 ort stadt",
        "region": "region state province stateprovince 省 省份 州 州省 bundesland",
        "postalCode": "postalcode postcode zip zipcode zippostalcode 邮编 邮政编码 邮递区号 plz postleitzahl",
        "addressLabel": "addresslabel 地址标签", "addressCountry": "addresscountry 地址国家",
        "reference": "reference externalid customerno customernumber id 编号 客户编号 外部编号 kundennummer",
        "partyId": "partyid 系统编号", "references": "references 外部编号列表", "handles": "handles 社交帐号 社交账号",
        "likes": "likes 喜好", "preferences": "preferences 偏好", "emailLabels": "emaillabels 邮箱标签",
        "phoneLabels": "phonelabels 电话标签", "moreAddresses": "moreaddresses 其他地址",
    ]

    /// What several columns of a kind are called, and the labels that the words before them mean.
    private static let kinds: [(field: String, words: [String])] = [
        ("email", ["emailaddress", "email", "mail", "邮箱", "电子邮件地址", "电子邮件", "emailadresse"]),
        ("phone", ["phonenumber", "phone", "telephone", "tel", "电话", "telefon", "电话号码"]),
    ]
    private static let labels = [
        "business": "work", "work": "work", "company": "work", "companymain": "work", "office": "work", "工作": "work",
        "办公": "work", "商务": "work", "单位": "work", "公司": "work", "geschäftlich": "work", "home": "home", "住宅": "home",
        "家庭": "home", "家": "home", "privat": "home", "mobile": "cell", "cell": "cell", "移动": "cell", "行动": "cell",
        "手机": "cell",
        "mobil": "cell", "other": "other", "其他": "other", "weitere": "other", "primary": "main", "main": "main",
        "assistants": "assistant", "car": "car", "pager": "pager", "radio": "radio", "callback": "callback",
        "secondary": "other",
    ]
    /// Words that are a kind and its label in one.
    private static let whole: [String: ImportColumn] = {
        let words = [
            "phone:cell":
                "mobile cell mobilephone cellphone mobilenumber 手机 手机号 手机号码 移动电话 行动电话 行动电话号码 手机电话 handy mobiltelefon",
            "phone:fax": "fax businessfax 传真 传真号码 faxgeschäftlich",
        ]
        var whole: [String: ImportColumn] = [:]
        for (kind, list) in words {
            let parts = kind.split(separator: ":").map(String.init)
            for word in list.split(separator: " ") {
                whole[ImportColumn.simple(String(word))] = .labelled(parts[0], label: parts[1])
            }
        }
        return whole
    }()
    /// What exports show of a party and no file sets.
    private static let shown: Set<String> = [
        "stage", "createdat", "updatedat", "consents", "value", "orders", "阶段", "创建时间", "更新时间", "同意", "订单数", "价值",
    ]

    /// A column that no single name tells: one of several, as `E-mail 2 - Value`, `Email2Address`, `Home Phone 2`, `Telefon geschäftlich`.
    static func column(_ simple: String) -> ImportColumn? {
        if shown.contains(simple) { return .shown }
        if let known = whole[simple] { return known }
        let number = simple.filter(\.isNumber)
        let word = simple.filter { !$0.isNumber }
        if let known = whole[word] { return known }
        for (field, kindWords) in kinds {
            for kind in kindWords {
                let folded = ImportColumn.simple(kind)
                if word == folded || word == folded + "value" { return .field(field) }
                if word == folded + "label" || word == folded + "type" { return .labels(of: field) }
                if word.hasPrefix(folded), let label = labels[String(word.dropFirst(folded.count))] {
                    return .labelled(field, label: label)
                }
                if word.hasSuffix(folded), let label = labels[String(word.dropLast(folded.count))] {
                    return .labelled(field, label: label)
                }
            }
        }
        return address(word, number)
    }

    /// `Business Street`, `Address 1 - City`: of the first address of a file.
    private static func address(_ word: String, _ number: String) -> ImportColumn? {
        guard number.isEmpty || number == "1" else { return nil }
        for prefix in [
            "address", "business", "home", "work", "mailing", "billing", "geschäftlich", "privat", "商务", "住宅",
        ] {
            let rest = word.hasPrefix(prefix) ? String(word.dropFirst(prefix.count)) : ""
            guard let field = names[rest], ["street", "city", "region", "postalCode", "country"].contains(field) else {
                continue
            }
            return .labelled(field, label: labels[prefix] ?? "")
        }
        return nil
    }
}
