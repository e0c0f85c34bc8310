/// Names and addresses of made-up customers: the same number always gets the same.
struct PersonNames {
    let name: String
    let email: String
    let kind: String
    let language: String

    private static let given = [
        "Olivia", "Amelia", "Isla", "Ava", "Freya", "Grace", "Emily", "Sophie", "Alice", "Ruby", "George", "Arthur",
        "Noah", "Oscar", "Harry", "Jack", "Thomas", "William", "Henry", "Edward", "Samuel", "Daniel", "Peter", "Hannah",
    ]
    private static let family = [
        "Smith", "Jones", "Taylor", "Brown", "Wilson", "Evans", "Thomas", "Roberts", "Walker", "Wright", "Hughes",
        "Green", "Hall", "Wood", "Clarke", "Jackson", "Turner", "Hill", "Cooper", "Ward", "Morris", "Baker", "Marsh",
    ]
    private static let chineseFamily = [
        ("王", "wang"), ("李", "li"), ("张", "zhang"), ("刘", "liu"), ("陈", "chen"), ("杨", "yang"), ("赵", "zhao"),
        ("黄", "huang"), ("周", "zhou"), ("吴", "wu"), ("徐", "xu"), ("孙", "sun"), ("马", "ma"), ("欧阳", "ouyang"),
    ]
    private static let chineseGiven = [
        ("伟", "wei"), ("芳", "fang"), ("娜", "na"), ("秀英", "xiuying"), ("敏", "min"), ("静", "jing"), ("丽", "li"),
        ("强", "qiang"), ("磊", "lei"), ("洋", "yang"), ("艳", "yan"), ("勇", "yong"), ("杰", "jie"), ("娟", "juan"),
        ("晓明", "xiaoming"), ("建国", "jianguo"), ("雨晨", "yuchen"), ("子涵", "zihan"),
    ]
    private static let firms = ["Gifts", "Home & Garden", "Trading Ltd", "Interiors", "Stationers", "& Sons", "Retail"]
    private static let chineseFirms = ["礼品店", "家居有限公司", "贸易有限公司", "百货商行"]

    /// Names a customer.
    init(customerNo: String) {
        var random = SeededGenerator("person\n\(customerNo)")
        let isChinese = random.fraction() < 0.3
        let isFirm = random.fraction() < 0.25
        kind = isFirm ? "enterprise" : "consumer"
        language = isChinese ? "zh-CN" : "en-GB"
        if isChinese {
            let family = random.pick(Self.chineseFamily)
            let given = random.pick(Self.chineseGiven)
            name = isFirm ? family.0 + given.0 + random.pick(Self.chineseFirms) : family.0 + given.0
            email = "\(given.1).\(family.1).\(customerNo.lowercased())@example.com"
        } else {
            let family = random.pick(Self.family)
            let given = random.pick(Self.given)
            name = isFirm ? "\(family) \(random.pick(Self.firms))" : "\(given) \(family)"
            email = "\(given.lowercased()).\(family.lowercased()).\(customerNo.lowercased())@example.com"
        }
    }
}
