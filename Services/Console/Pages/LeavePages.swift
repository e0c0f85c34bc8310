import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTML
import HTTP
import ServiceKit

/// A person leaves: what that does, what is to be handed over, and the deed.
@Loop
struct LeavePages {
    private let pages: Pages

    private let handover: Handover

    init(_ pages: Pages) throws {
        self.pages = pages
        handover = try Handover(pages.context)
    }

    var routes: [Route] {
        [
            pages.get("/people/{id}/leave", "What is to be handed over before a person leaves") { try await leave($0) },
            pages.post("/people/{id}/end", "Ends a person who has left", refuses: [409]) { visitor, _ in
                try pages.need("people.configure", visitor)
                let id = try visitor.request.id()
                try await pages.context.transaction { try await PersonCommands.end(id, in: $0) }
                return Pages.redirect("/people/\(id.text)")
            },
        ]
    }

    private func leave(_ visitor: Visitor) async throws -> Response {
        try pages.need("people.configure", visitor)
        let (words, id) = (visitor.words, try visitor.request.id())
        let (state, _) = try await PersonState.kept.shown(id, pages.context)
        let reports = try await pages.context.rows(PersonStore.reports, id)
        let teams = try await pages.context.rows(TeamStore.led, id)
        let what = [
            words(
                "All sessions end at once; tokens that programs hold, within ten minutes.", "全部登录立即结束；程序持有的令牌10分钟内失效。"),
            words(
                "What the person has made and owns stays his by name until it is handed over.",
                "其名下的记录保留原负责人，直到移交。"),
            words("He can be taken back later, without the roles of now.", "以后可以恢复，但不恢复现有角色。"),
        ]
        var body = [
            HTML.element("ul", [.classes("prose bullets")], what.map { .element("li", [], [HTML($0)]) })
        ]
        if let session = visitor.session {
            let owned = await handover.owned(by: id, state.name, for: session)
            if !owned.isEmpty { body.append(Handover.shown(owned, words)) }
        }
        if !reports.isEmpty {
            body.append(
                list(
                    "reports", words("Reporting to \(state.name)", "\(reports.count)人向\(state.name)汇报"),
                    reports.map { ("/people/\($0.text)/edit", $1) }))
        }
        if !teams.isEmpty {
            body.append(
                list(
                    "teams", words("Led by \(state.name)", "\(state.name)负责\(teams.count)个团队"),
                    teams.map { ("/teams/\($0.text)", $1) }))
        }
        let end = Parts.button(
            "/people/\(id.text)/end", words("\(state.name) has left", "确认\(state.name)离职"), isBad: true)
        body.append(
            .element(
                "div", [.classes("acts")],
                [end, .element("a", [.classes("b q"), .link("/people/\(id.text)")], [HTML(words("Not yet", "暂不办理"))])]))
        return pages.app(
            visitor, words("\(state.name) leaves the firm", "\(state.name)办理离职"), at: "/people",
            [.element("div", [.classes("stack")], body)], crumb: (words("People", "人员"), "/people"))
    }

    private func list(_ id: String, _ title: String, _ items: [(path: String, name: String)]) -> HTML {
        Parts.section(
            id, title,
            [
                .element(
                    "ul", [],
                    items.map { .element("li", [], [.element("a", [.link($0.path)], [HTML($0.name)])]) })
            ])
    }
}
