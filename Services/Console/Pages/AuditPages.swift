import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTML
import HTTP
import ServiceKit
import Text

/// Who did what, in all services at once: by person, by record, by time.
@Loop
struct AuditPages {
    private let pages: Pages
    private let others: OtherServices
    private static let most = 50

    init(_ pages: Pages) throws {
        self.pages = pages
        others = try pages.context.shared(OtherServices.init)
    }

    var routes: [Route] {
        [
            pages.get(
                "/audit", "Who did what, in all services",
                parameters: [
                    .query("person", .string, "Only what somebody did: an address, or `person:ID`"),
                    .query("record", .string, "Only what was done to something: `party:ID`"),
                    .query("from", .string, "Not before a day"), .query("until", .string, "Up to a day"),
                    .query("after", .string, "Where each service's next ones begin"),
                ], refuses: [422]
            ) { try await audit($0) }
        ]
    }

    /// What was found, and where.
    private struct Found {
        let service: String
        let number: Int
        let entry: AuditEntry
    }

    // MARK: Looking

    private func audit(_ visitor: Visitor) async throws -> Response {
        try pages.need("audit.export", visitor)
        guard let session = visitor.session else { return Pages.redirect("/sign-in") }
        let words = visitor.words
        var body = [form(visitor)]
        let search: AuditSearch
        do {
            search = try await self.search(visitor.request)
        } catch let problem as Problem where !problem.errors.isEmpty {
            body.insert(Parts.refused(problem.errors.map { Refusals.told($0, words) }.joined(separator: " ")), at: 0)
            return pages.app(visitor, title(words), at: "/audit", body, status: .unprocessable)
        }
        let after = Self.places(visitor.request.query("after"))
        let (found, silent) = try await ask(search, after, session)
        if !silent.isEmpty {
            body.append(
                .element(
                    "div", [.classes("note warn"), .text("role", "status")],
                    [
                        .element(
                            "p", [],
                            [
                                HTML(
                                    words(
                                        "\(silent.joined(separator: ", ")) did not answer; what was done there is not below.",
                                        "\(silent.joined(separator: "、"))没有应答，下面不含那里的记录。"))
                            ])
                    ]))
        }
        let shown = found.sorted { ($0.entry.at, $0.number) > ($1.entry.at, $1.number) }.prefix(Self.most)
        if shown.isEmpty {
            body.append(Parts.quiet(words("Nothing was found.", "没有符合的记录。")))
        } else {
            body.append(
                Form.table(
                    [words("When", "时间"), words("Who", "谁"), words("What", "做了什么"), words("To what", "对象")],
                    shown.map { row($0, words) }, second: 3))
        }
        if found.count > shown.count || found.count >= Self.most {
            body.append(older(visitor.request, shown, after, words))
        }
        try await write(visitor)
        return pages.app(visitor, title(words), at: "/audit", body)
    }

    private func title(_ words: Words) -> String { words("Who did what", "操作记录") }

    /// Whoever looks at the audit is in it.
    private func write(_ visitor: Visitor) async throws {
        try await pages.context.transaction { Audit.write(AuditEntry("audit.read", "audit"), in: $0) }
    }

    private func search(_ request: Request) async throws -> AuditSearch {
        var search = AuditSearch()
        search.limit = Self.most
        if let said = request.query("person")?.trimmed, !said.isEmpty {
            if said.utf8.contains(UInt8(ascii: "@")) {
                guard let id = try await pages.context.rows(PersonStore.everByAddress, said).first else {
                    throw Problem.field("person", "is the address of nobody here")
                }
                search.actor = "person:\(id.text)"
            } else {
                search.actor = said
            }
        }
        if let said = request.query("record")?.trimmed, !said.isEmpty { search.subject = said }
        search.from = try Self.day(request.query("from"), "from", after: 0)
        search.until = try Self.day(request.query("until"), "until", after: 1)
        return search
    }

    private static func day(_ text: String?, _ field: String, after days: Int) throws -> Date? {
        guard let text = text?.trimmed, !text.isEmpty else { return nil }
        guard let date = RFC3339.date("\(text)T00:00:00Z") else {
            throw Problem.field(field, "must be a day such as 2026-11-30")
        }
        return date.addingTimeInterval(Double(days) * 86_400)
    }

    /// Asks all services at the same time; those that do not answer are told.
    private func ask(
        _ search: AuditSearch, _ after: [String: Int], _ session: Session
    ) async throws -> (found: [Found], silent: [String]) {
        struct Page: Decodable, Sendable { let items: [AuditFound] }
        var path = "/v1/audit?limit=\(search.limit)"
        for (name, value) in [
            ("actor", search.actor), ("subject", search.subject), ("from", search.from.map { RFC3339.string($0) }),
            ("until", search.until.map { RFC3339.string($0) }),
        ] {
            if let value { path += "&\(name)=\(PercentText.encode(value))" }
        }
        let tasks = others.names.map { name in
            let own = path + (after[name].map { "&after=\($0)" } ?? "")
            return (name, Task { @Loop in try? await others.get(name, own, of: session, as: Page.self).items })
        }
        var own = search
        own.after = after["console"]
        var found = try await Audit.found(own, pages.context).map {
            Found(service: "console", number: $0.number, entry: $0.entry)
        }
        var silent: [String] = []
        for (name, task) in tasks {
            if let items = await task.value {
                found += items.map { Found(service: name, number: $0.number, entry: $0.entry) }
            } else {
                silent.append(name)
            }
        }
        return (found, silent)
    }

    // MARK: The place of the next page: `contacts.120,sales.7`

    private static func places(_ text: String?) -> [String: Int] {
        var places: [String: Int] = [:]
        for part in (text ?? "").unicodeScalars.split(separator: ",") {
            if let (name, number) = String(part).parted(by: "."), let number = Int(number) { places[name] = number }
        }
        return places
    }

    private func older(_ request: Request, _ shown: some Sequence<Found>, _ after: [String: Int], _ words: Words)
        -> HTML
    {
        var places = after
        for one in shown { places[one.service] = min(places[one.service] ?? .max, one.number) }
        let text = places.sorted { $0.key < $1.key }.map { "\($0.key).\($0.value)" }.joined(separator: ",")
        var path = "/audit?after=\(PercentText.encode(text))"
        for name in ["person", "record", "from", "until"] {
            if let value = request.query(name), !value.isEmpty { path += "&\(name)=\(PercentText.encode(value))" }
        }
        return .element("p", [], [.element("a", [.link(path)], [HTML(words("Older ones", "更早的记录"))])])
    }

    // MARK: What is shown

    private func form(_ visitor: Visitor) -> HTML {
        let (words, request) = (visitor.words, visitor.request)
        func field(_ name: String, _ label: String, _ type: String, _ hint: String? = nil) -> HTML {
            Form.field(
                name, label,
                [.text("type", type), .text("value", request.query(name) ?? ""), .text("autocomplete", "off")],
                hint: hint)
        }
        return .element(
            "form", [.classes("filters"), .action("/audit"), .text("role", "search")],
            [
                field("person", words("Person", "人员"), "text", words("An email address.", "邮箱。")),
                field("record", words("Record", "记录"), "text", words("Such as party:0190…", "例如 party:0190…")),
                field("from", words("From", "开始日期"), "date"), field("until", words("Until", "截止日期"), "date"),
                Form.send(words("Find", "查找"), isPrimary: false),
            ])
    }

    /// What it was done to, short; it leads to all that was done to it.
    private func subject(_ text: String) -> HTML {
        guard let (kind, id) = text.parted(by: ":") else { return HTML(text) }
        let short = id.utf8.count > 12 ? "\(kind) …\(id.suffix(8))" : "\(kind) \(id)"
        return .element(
            "a", [.classes("u"), .link("/audit?record=\(PercentText.encode(text))"), .text("title", text)],
            [HTML(short)]
        )
    }

    /// Whoever is nobody of the directory.
    private static func name(_ entry: AuditEntry, _ words: Words) -> String {
        switch entry.actor {
        case "local": words("This machine", "本机")
        case "service": words("The service itself", "服务自身")
        default: entry.name
        }
    }

    private func row(_ found: Found, _ words: Words) -> HTML {
        let entry = found.entry
        let when = RFC3339.date(entry.at).map { Parts.time($0) } ?? entry.at
        let person = entry.actor.parted(by: ":").flatMap { $0.before == "person" ? $0.after : nil }
        let who =
            person.map { HTML.element("a", [.link("/people/\($0)")], [HTML(entry.name)]) }
            ?? HTML(Self.name(entry, words))
        let members = entry.members?.joined(separator: ", ") ?? ""
        return .element(
            "tr", [],
            [
                .element(
                    "th", [.text("scope", "row"), .classes("w")],
                    [.element("time", [], [HTML(when)]), .element("small", [.classes("meta")], [HTML(found.service)])]),
                .element("td", [], [who, .element("small", [.classes("meta")], [HTML(entry.address ?? "")])]),
                .element(
                    "td", [],
                    [
                        HTML(DeedName.told(entry.action, words)),
                        .element("small", [.classes("meta")], [HTML(members)]),
                        .element("small", [.classes("meta ph")], [subject(entry.subject)]),
                    ]),
                .element("td", [.classes("p2")], [subject(entry.subject)]),
            ])
    }
}

/// What deeds are called, for people; one that has no words here is shown as the audit has it.
enum DeedName {
    static func told(_ action: String, _ words: Words) -> String {
        if let known = whole[action] { return words(known.english, known.chinese) }
        guard let (kind, verb) = action.parted(by: "."), let done = verbs[verb], let thing = kinds[kind] else {
            return action
        }
        return words("\(thing.english) \(done.english)", "\(done.chinese)\(thing.chinese)")
    }

    private static let verbs: [String: (english: String, chinese: String)] = [
        "made": ("added", "添加"), "changed": ("changed", "修改"), "removed": ("removed", "删除"),
        "read": ("looked at", "查看"), "answered": ("answered", "答复"), "ended": ("ended", "结束"),
    ]
    private static let kinds: [String: (english: String, chinese: String)] = [
        "person": ("Person", "人员"), "team": ("Team", "团队"), "territory": ("Territory", "区域"), "role": ("Role", "角色"),
        "absence": ("Absence", "缺勤"), "party": ("Customer", "客户"), "lead": ("Lead", "线索"),
        "opportunity": ("Opportunity", "商机"), "quote": ("Quote", "报价"), "task": ("Task", "任务"),
        "activity": ("Activity", "跟进"), "account": ("Account", "客户归属"), "quota": ("Quota", "指标"),
        "campaign": ("Campaign", "营销活动"), "segment": ("Segment", "客户分群"), "ticket": ("Ticket", "工单"),
        "template": ("Template", "模板"), "suppression": ("Suppression", "停发名单"), "survey": ("Survey", "回访问卷"),
        "import": ("Import", "导入"), "view": ("View", "视图"), "field": ("Field", "字段"), "audit": ("Audit", "操作记录"),
        "preference": ("Preferences", "接收偏好"), "session": ("Session", "登录"),
    ]
    private static let whole: [String: (english: String, chinese: String)] = [
        "session.begun": ("Signed in", "登录"), "password.set": ("Password set", "设置密码"),
        "sign-in-link.made": ("Sign-in link made", "生成登录链接"),
        "second-factor.begun": ("Code from the phone turned on", "启用手机验证码"),
        "second-factor.ended": ("Code from the phone turned off", "停用手机验证码"),
        "passkey.made": ("Passkey added", "添加通行密钥"), "passkey.removed": ("Passkey removed", "移除通行密钥"),
        "passkey.named": ("Passkey renamed", "通行密钥改名"),
        "passkey.copied": ("Passkey refused: somebody has a copy", "通行密钥被拒：疑似被复制"),
        "party.export.read": ("List of customers exported", "导出客户名单"),
        "view.export.read": ("View exported", "导出视图"), "audit.thinned": ("Old entries removed by the rule", "按规则清除旧记录"),
        "audit.entries.read": ("Audit taken out", "导出操作记录"),
    ]
}
