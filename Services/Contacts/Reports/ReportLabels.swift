/// A key in a report, in words.
struct ReportLabel: Sendable {
    let key: String
    let english: String
    let chinese: String

    init(_ key: String, _ english: String, _ chinese: String) {
        self.key = key
        self.english = english
        self.chinese = chinese
    }

    /// `"key":{"en":...,"zh":...}`; the words are those of this program and need no escapes.
    var member: String { "\"\(key)\":\(words)" }
    /// `{"en":...,"zh":...}`
    var words: String { "{\"en\":\"\(english)\",\"zh\":\"\(chinese)\"}" }
}

/// The words for keys in the reports.
enum ReportLabels {
    static let segments = [
        ReportLabel("champions", "Champions", "冠军客户"), ReportLabel("promising", "Promising", "潜力客户"),
        ReportLabel("new", "New", "新客户"), ReportLabel("loyal", "Loyal", "忠诚客户"),
        ReportLabel("attention", "Need attention", "需关注"), ReportLabel("fading", "Fading", "渐冷"),
        ReportLabel("not_to_lose", "Not to lose", "不可流失"), ReportLabel("at_risk", "At risk", "有流失风险"),
        ReportLabel("sleeping", "Sleeping", "休眠"), ReportLabel("lost", "Lost", "已流失"),
    ]
    static let classes = [
        ReportLabel("A", "Class A", "A 类"), ReportLabel("B", "Class B", "B 类"), ReportLabel("C", "Class C", "C 类"),
    ]
    static let risks = [
        ReportLabel("low", "Low risk", "低风险"), ReportLabel("medium", "Medium risk", "中风险"),
        ReportLabel("high", "High risk", "高风险"), ReportLabel("unknown", "Unknown", "未知"),
    ]
    static let kinds = [
        ReportLabel("consumer", "Consumer", "个人客户"), ReportLabel("enterprise", "Enterprise", "企业客户"),
        ReportLabel("partner", "Channel partner", "渠道伙伴"), ReportLabel("internal", "Internal", "内部"),
    ]
    static let tenures = [
        ReportLabel("under_3_months", "Under 3 months", "不足三个月"),
        ReportLabel("under_1_year", "3 to 12 months", "三至十二个月"),
        ReportLabel("under_2_years", "1 to 2 years", "一至两年"), ReportLabel("over_2_years", "Over 2 years", "两年以上"),
    ]
    static let moves = [
        ReportLabel("new", "New", "新增"), ReportLabel("kept", "Kept", "留存"), ReportLabel("back", "Came back", "回流"),
        ReportLabel("lapsed", "Lapsed", "流失"),
    ]
    static let levels = [
        ReportLabel("basic", "Basic", "基本型"), ReportLabel("reactive", "Reactive", "被动型"),
        ReportLabel("accountable", "Accountable", "负责型"), ReportLabel("proactive", "Proactive", "能动型"),
        ReportLabel("partnership", "Partnership", "伙伴型"), ReportLabel("low", "Low", "低"),
        ReportLabel("medium", "Medium", "中"), ReportLabel("high", "High", "高"), ReportLabel("few", "Few", "少"),
        ReportLabel("many", "Many", "多"), ReportLabel("country", "Country", "国家"), ReportLabel("kind", "Kind", "类型"),
        ReportLabel("margin", "Margin", "利润"), ReportLabel("net_revenue", "Net revenue", "净收入"),
        ReportLabel("consumer", "Consumer", "个人客户"), ReportLabel("enterprise", "Enterprise", "企业客户"),
        ReportLabel("partner", "Channel partner", "渠道伙伴"), ReportLabel("internal", "Internal", "内部"),
    ]
    static let quadrants = [
        ReportLabel("loyalist", "Loyalist", "忠诚者"), ReportLabel("mercenary", "Mercenary", "唯利者"),
        ReportLabel("hostage", "Hostage", "被困者"), ReportLabel("defector", "Defector", "背离者"),
        ReportLabel("premium", "Premium loyalty", "优质忠诚"), ReportLabel("latent", "Latent loyalty", "潜在忠诚"),
        ReportLabel("inertia", "Inertia loyalty", "惰性忠诚"), ReportLabel("price", "Price only", "价格取向"),
        ReportLabel("unknown", "Never asked", "未调查"),
    ]
}
