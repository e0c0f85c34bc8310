import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTML
import HTTP
import Postgres
import ServiceKit
import Text

/// Teams, territories and roles, as people see and change them.
@Loop
struct GroupPages {
    private let pages: Pages

    init(_ pages: Pages) { self.pages = pages }

    var routes: [Route] {
        routes(of: teams) + routes(of: territories) + [
            pages.get("/roles", "Roles, as people see them") { try await roles($0) }
        ]
    }

    // MARK: What is alike

    /// A kind of group: it has a name, is a part of another, and may be led by somebody.
    private struct Kind<State: Codable & Sendable, Told: EventData & Codable>: Sendable {
        let path: String
        /// What the right to change it is of.
        let area: String
        let kept: Kept<State, Told>
        let named: @Sendable (Words) -> (all: String, new: String, none: String)
        let name: @Sendable (State) -> String
        let parent: @Sendable (State) -> UUID?
        let leader: (@Sendable (State) -> UUID?)?
        let isHere: @Sendable (State) -> Bool
        let rows: @Loop @Sendable (Words) async throws -> [HTML]
        let heads: @Sendable (Words) -> [String]
        let choices: @Loop @Sendable (DirectoryChoices) -> [(id: String, name: String)]
    }

    private func routes<State, Told>(of kind: Kind<State, Told>) -> [Route] {
        [
            pages.get(kind.path, "\(kind.area), as people see them") { try await list(kind, $0) },
            pages.get(kind.path + "/new", "The page to add one of \(kind.area)") { visitor in
                try pages.need("\(kind.area).change", visitor)
                return try await form(kind, visitor, kept: nil)
            },
            pages.post(kind.path, "Adds one of \(kind.area)", refuses: [409, 422]) { visitor, typed in
                try pages.need("\(kind.area).change", visitor)
                return try await settle(kind, visitor, typed, kept: nil) { said in
                    _ = try await pages.context.transaction { try await kind.kept.create(said, in: $0) }
                }
            },
            pages.get(kind.path + "/{id}", "The page to change one of \(kind.area)") { visitor in
                try pages.need("\(kind.area).change", visitor)
                return try await form(
                    kind, visitor, kept: try await kind.kept.shown(try visitor.request.id(), pages.context))
            },
            pages.post(kind.path + "/{id}", "Changes one of \(kind.area)", refuses: [409, 412, 422]) { visitor, typed in
                try pages.need("\(kind.area).change", visitor)
                let id = try visitor.request.id()
                let stored = try await kind.kept.shown(id, pages.context)
                let seen = typed["version"].flatMap { Int($0) } ?? 0
                return try await settle(kind, visitor, typed, kept: stored) { said in
                    try await pages.context.transaction { transaction in
                        try await kind.kept.change(id, seen: seen, in: transaction) { $0 = said.applied(to: $0) }
                    }
                }
            },
        ]
    }

    private func list<State, Told>(_ kind: Kind<State, Told>, _ visitor: Visitor) async throws -> Response {
        try pages.need("\(kind.area).read", visitor)
        let (words, named) = (visitor.words, kind.named(visitor.words))
        let rows = try await kind.rows(words)
        let body = rows.isEmpty ? Parts.quiet(named.none) : Form.table(kind.heads(words), rows, right: 2)
        let acts = visitor.may("\(kind.area).change") ? [Parts.act(kind.path + "/new", named.new, isPrimary: true)] : []
        return pages.app(visitor, named.all, at: kind.path, [body], acts: acts)
    }

    private func settle<State, Told>(
        _ kind: Kind<State, Told>, _ visitor: Visitor, _ typed: [String: String], kept: (State, Int)?,
        _ work: (Patch<State>) async throws -> Void
    ) async throws -> Response {
        do {
            var json = FormJSON(typed)
            json.text("name")
            json.text("parentId")
            if kind.leader != nil {
                let choices = try await DirectoryChoices(pages.context)
                json.set("leaderId", try await choices.person(typed["leader"], "leader")?.text)
            }
            if kept != nil { json.set("status", typed["ended"] == "on" ? "ended" : "active") }
            try await work(try kind.kept.record.patch(try json.bytes()))
            return Pages.redirect(kind.path)
        } catch let problem as Problem where [400, 409, 412, 422].contains(problem.status.rawValue) {
            return try await form(kind, visitor, kept: kept, typed, problem)
        }
    }

    private func form<State, Told>(
        _ kind: Kind<State, Told>, _ visitor: Visitor, kept: (State, Int)?, _ typed: [String: String]? = nil,
        _ problem: Problem? = nil
    ) async throws -> Response {
        let (words, named) = (visitor.words, kind.named(visitor.words))
        let choices = try await DirectoryChoices(pages.context)
        let faults = Dictionary(
            (problem?.errors ?? []).map { ($0.field, Refusals.told($0, words)) },
            uniquingKeysWith: { first, _ in first })
        let own = kept.map { kind.kept.id($0.0).text }
        let path = own.map { "\(kind.path)/\($0)" } ?? kind.path
        var parts: [HTML] = []
        if let kept { parts.append(Form.hidden("version", "\(kept.1)")) }
        parts.append(
            Form.field(
                "name", words("Name", "名称"),
                [.text("value", typed?["name"] ?? kept.map { kind.name($0.0) } ?? ""), .flag("required")],
                fault: faults["name"]))
        parts.append(
            Form.choice(
                "parentId", words("Is a part of", "上级"),
                kind.choices(choices).filter { $0.id != own }.map { ($0.id, $0.name) },
                chosen: typed?["parentId"] ?? kept.flatMap { kind.parent($0.0)?.text } ?? "",
                none: words("nothing", "无")))
        if let leader = kind.leader {
            let address = try await choices.address(of: kept.flatMap { leader($0.0) })
            parts.append(
                Form.field(
                    "leader", words("Led by", "负责人"),
                    [
                        .text("value", typed?["leader"] ?? address), .text("list", "colleagues"),
                        .text("autocomplete", "off"),
                    ],
                    hint: words("The address of a colleague.", "填写同事的邮箱。"), fault: faults["leader"]))
            parts.append(Form.people("colleagues", choices.people))
        }
        if let kept { parts.append(ended(typed.map { $0["ended"] == "on" } ?? !kind.isHere(kept.0), words)) }
        parts.append(
            .element(
                "div", [.classes("acts")],
                [
                    Form.send(kept == nil ? words("Add", "添加") : words("Save", "保存")),
                    .element("a", [.classes("b q"), .link(kind.path)], [HTML(words("Cancel", "取消"))]),
                ]))
        var body: [HTML] = []
        if let problem, problem.errors.isEmpty || problem.status == 412 {
            body.append(Parts.refused(told(problem, kept.map { kind.name($0.0) }, words)))
        }
        body.append(.element("div", [.classes("narrow")], [Form.to(path, parts)]))
        let title = kept.map { kind.name($0.0) } ?? named.new
        return pages.app(
            visitor, title, at: kind.path, body, crumb: (named.all, kind.path), status: problem?.status ?? .ok)
    }

    private func ended(_ isOn: Bool, _ words: Words) -> HTML {
        .element(
            "p", [],
            [
                .element(
                    "label", [.classes("c")],
                    [
                        .empty("input", [.text("type", "checkbox"), .text("name", "ended"), .flag("checked", isOn)]),
                        HTML(words("It is not used any more", "不再使用")),
                    ])
            ])
    }

    private func told(_ problem: Problem, _ stored: String?, _ words: Words) -> String {
        guard problem.status == 412 else {
            return words(problem.detail ?? problem.title, "没有保存：这样上下级会成为循环，或所选内容已不存在。")
        }
        return words(
            "Somebody else has changed this meanwhile; it is called “\(stored ?? "")” now. What you typed is below and not saved.",
            "刚被他人修改，现在的名称是“\(stored ?? "")”。下面是您填写的内容，尚未保存。")
    }

    // MARK: The kinds

    private var teams: Kind<TeamState, TeamChanged> {
        Kind(
            path: "/teams", area: "teams", kept: TeamState.kept,
            named: { ($0("Teams", "团队"), $0("Add a team", "添加团队"), $0("There is no team yet.", "还没有团队。")) },
            name: \.name, parent: \.parentId, leader: \.leaderId, isHere: { $0.status == "active" },
            rows: { words in
                try await pages.context.rows(TeamStore.shown).map { id, name, parent, leader, members in
                    Self.row("/teams/\(id.text)", name, parent, [HTML(leader ?? ""), HTML("\(members)")])
                }
            }, heads: { [$0("Team", "团队"), $0("Led by", "负责人"), $0("Members", "人数")] }, choices: { $0.teams })
    }

    private var territories: Kind<TerritoryState, TerritoryChanged> {
        Kind(
            path: "/territories", area: "territories", kept: TerritoryState.kept,
            named: {
                ($0("Territories", "区域"), $0("Add a territory", "添加区域"), $0("There is no territory yet.", "还没有区域。"))
            },
            name: \.name, parent: \.parentId, leader: nil, isHere: { $0.status == "active" },
            rows: { words in
                try await pages.context.rows(TerritoryStore.shown).map { id, name, place, people, below in
                    Self.row("/territories/\(id.text)", name, place, [HTML("\(people)"), HTML("\(below)")])
                }
            }, heads: { [$0("Territory", "区域"), $0("People", "人数"), $0("Parts", "下级")] }, choices: { $0.territories })
    }

    private static func row(_ path: String, _ name: String, _ small: String?, _ cells: [HTML]) -> HTML {
        .element(
            "tr", [],
            [
                .element(
                    "th", [.text("scope", "row")],
                    [
                        .element("a", [.link(path)], [HTML(name)]),
                        small.map { .element("small", [.classes("meta")], [HTML($0)]) } ?? .nothing,
                    ])
            ] + cells.dropLast().map { .element("td", [], [$0]) }
                + cells.suffix(1).map { .element("td", [.classes("r")], [$0]) })
    }

    // MARK: Roles

    private func roles(_ visitor: Visitor) async throws -> Response {
        try pages.need("roles.read", visitor)
        let words = visitor.words
        let builtIn = BuiltInRole.all.map { role in
            row(
                words(role.title.english, role.title.chinese), role.name, role.rights.joined(separator: ", "),
                role.scope, words)
        }
        let own = try await pages.context.rows(RoleStore.shown).map { name, purpose, rights, scope in
            row(name, purpose ?? "", rights.replacing(" ", with: ", "), scope, words)
        }
        return pages.app(
            visitor, words("Roles", "角色"), at: "/roles",
            [
                Form.table(
                    [words("Role", "角色"), words("May", "权限"), words("Reaches", "范围")], builtIn + own, second: 1)
            ])
    }

    private func row(_ title: String, _ name: String, _ rights: String, _ scope: String, _ words: Words) -> HTML {
        let reach: String =
            switch scope {
            case "own": words("own things", "本人的")
            case "team": words("the team's", "团队的")
            case "territory": words("the territory's", "区域的")
            default: words("all things", "全部")
            }
        return .element(
            "tr", [],
            [
                .element(
                    "th", [.text("scope", "row")], [HTML(title), .element("small", [.classes("meta")], [HTML(name)])]),
                .element("td", [.classes("p2")], [HTML(rights)]), .element("td", [.classes("w")], [HTML(reach)]),
            ])
    }
}
