import CRMModel
import EventLoop
import HTML
import HTTP
import ServiceKit

/// Teams and roles, as people see them.
@Loop
struct GroupPages {
    private let pages: Pages

    init(_ pages: Pages) { self.pages = pages }

    var routes: [Route] {
        [
            pages.get("/teams", "Teams, as people see them") { try await teams($0) },
            pages.get("/roles", "Roles, as people see them") { try await roles($0) },
        ]
    }

    private func teams(_ visitor: Visitor) async throws -> Response {
        try pages.need("teams.read", visitor)
        let words = visitor.words
        let rows = try await pages.context.rows(TeamStore.shown).map { name, parent, leader, members -> HTML in
            .element(
                "tr", [],
                [
                    .element("th", [.text("scope", "row")], [HTML(name), .element("small", [], [HTML(parent ?? "")])]),
                    .element("td", [], [HTML(leader ?? "")]), .element("td", [.classes("r")], [HTML("\(members)")]),
                ])
        }
        let body =
            rows.isEmpty
            ? [HTML.element("p", [.classes("meta")], [HTML(words("There is no team yet.", "还没有团队。"))])]
            : [Form.table([words("Team", "团队"), words("Led by", "负责人"), words("Members", "人数")], rows)]
        return pages.app(visitor, words("Teams", "团队"), at: "/teams", body)
    }

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
                    [words("Role", "角色"), words("May", "权限"), words("With whose", "范围")], builtIn + own, second: 1)
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
                .element("th", [.text("scope", "row")], [HTML(title), .element("small", [], [HTML(name)])]),
                .element("td", [.classes("p2")], [HTML(rights)]), .element("td", [.classes("w")], [HTML(reach)]),
            ])
    }
}
