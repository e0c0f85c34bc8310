import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTML
import HTTP
import Postgres
import ServiceKit
import Text

/// Adding a person, and changing what the directory says of one.
@Loop
struct PersonForms {
    private let pages: Pages
    private var kept: Kept<PersonState, PersonChanged> { PersonState.kept }

    init(_ pages: Pages) { self.pages = pages }

    var routes: [Route] {
        [
            pages.get("/people/new", "The page to add a person") { visitor in
                try pages.need("people.configure", visitor)
                return try await form(visitor, Shown(PersonState(personId: UUID.v7())))
            },
            pages.post("/people", "Adds a person and leads to his page", refuses: [409, 422]) { try await add($0, $1) },
            pages.get("/people/{id}/edit", "The page to change a person") { visitor in
                try pages.need("people.change", visitor)
                let (state, version) = try await kept.shown(try visitor.request.id(), pages.context)
                return try await form(visitor, Shown(state, version))
            },
            pages.post("/people/{id}/edit", "Changes what the directory says of a person", refuses: [409, 422]) {
                try await change($0, $1)
            },
        ]
    }

    /// What the form shows: what is stored, or what was typed, and what is wrong with it.
    private struct Shown {
        var state: PersonState
        /// Nil for a new one.
        var version: Int?
        var typed: [String: String]?
        var faults: [String: String] = [:]
        var note: HTML?

        init(_ state: PersonState, _ version: Int? = nil) {
            self.state = state
            self.version = version
        }

        /// What stands in a field.
        func text(_ name: String, _ stored: String?) -> String { typed.map { $0[name] ?? "" } ?? stored ?? "" }

        /// Whether a box is ticked.
        func isOn(_ name: String, _ stored: Bool) -> Bool { typed.map { $0[name] == "on" } ?? stored }
    }

    // MARK: What is sent

    private func add(_ visitor: Visitor, _ typed: [String: String]) async throws -> Response {
        try pages.need("people.change", visitor)
        try pages.need("people.configure", visitor)
        var shown = Shown(PersonState(personId: UUID.v7()))
        shown.typed = typed
        return try await settle(visitor, shown) {
            let said = try await said(typed)
            let id = try await pages.context.transaction { try await kept.create(said, in: $0) }
            return Pages.redirect("/people/\(id.text)")
        }
    }

    private func change(_ visitor: Visitor, _ typed: [String: String]) async throws -> Response {
        try pages.need("people.change", visitor)
        let id = try visitor.request.id()
        let (state, version) = try await kept.shown(id, pages.context)
        var shown = Shown(state, version)
        shown.typed = typed
        return try await settle(visitor, shown) {
            let said = try await said(typed)
            let seen = typed["version"].flatMap { Int($0) } ?? 0
            try await pages.context.transaction { transaction in
                try await kept.change(id, seen: seen, in: transaction) { $0 = said.applied(to: $0) }
            }
            return Pages.redirect("/people/\(id.text)")
        }
    }

    /// What the form says, held against the same checks as what programs send.
    private func said(_ typed: [String: String]) async throws -> Patch<PersonState> {
        var json = FormJSON(typed)
        for name in ["name", "email", "phone", "title", "externalId", "language", "zone"] { json.text(name) }
        try json.number("capacity")
        json.words("skills")
        json.boxes("team", as: "teams")
        json.boxes("territory", as: "territories")
        let choices = try await DirectoryChoices(pages.context)
        json.set("managerId", try await choices.person(typed["manager"], "manager")?.text)
        return try PersonState.record.patch(try json.bytes())
    }

    /// Does it, or shows the form again with what is wrong beside its field, and nothing of what was typed lost.
    private func settle(
        _ visitor: Visitor, _ shown: Shown, _ work: () async throws -> Response
    ) async throws -> Response {
        var shown = shown
        let words = visitor.words
        do {
            return try await work()
        } catch let problem as Problem where !problem.errors.isEmpty {
            for error in problem.errors {
                shown.faults[error.field == "managerId" ? "manager" : error.field] = Refusals.told(error, words)
            }
            return try await form(visitor, shown, status: .unprocessable)
        } catch let error as PostgresError where error.isUniqueViolation {
            shown.faults["email"] = words("Somebody has this address already.", "这个邮箱已经有人使用。")
            return try await form(visitor, shown, status: .unprocessable)
        } catch let problem as Problem where problem.status == 412 {
            shown.note = Parts.refused(
                words(
                    "Somebody else has changed this person meanwhile. What you typed is below and not saved; what is stored now stands under each field that differs.",
                    "此人资料刚被他人修改。下面是您填写的内容，尚未保存；有差异的字段下方是现在的内容。"))
            shown.faults = differences(shown, words)
            return try await form(visitor, shown, status: .conflict)
        } catch let problem as Problem where problem.status == 422 || problem.status == .conflict {
            shown.note = Parts.refused(Refusals.told(problem, visitor.words))
            return try await form(visitor, shown, status: problem.status)
        }
    }

    /// What others have stored, where it is not what was typed.
    private func differences(_ shown: Shown, _ words: Words) -> [String: String] {
        let state = shown.state
        let stored: [String: String?] = [
            "name": state.name, "email": state.email, "phone": state.phone, "title": state.title,
            "externalId": state.externalId, "zone": state.zone,
            "skills": state.skills.joined(separator: words(", ", "、")), "capacity": state.capacity.map { "\($0)" },
        ]
        return stored.compactMapValues { $0 ?? "" }.filter { shown.text($0.key, $0.value).trimmed != $0.value }
            .mapValues {
                $0.isEmpty ? words("Now it is empty.", "现在为空。") : words("Now it is: \($0)", "现在是：\($0)")
            }
    }

    // MARK: The form

    private func form(_ visitor: Visitor, _ shown: Shown, status: Status = .ok) async throws -> Response {
        let words = visitor.words
        let choices = try await DirectoryChoices(pages.context)
        let manager = try await choices.address(of: shown.state.managerId)
        let path = shown.version == nil ? "/people" : "/people/\(shown.state.personId.text)/edit"
        var parts: [HTML] = []
        if let version = shown.version { parts.append(Form.hidden("version", "\(version)")) }
        parts += fields(shown, manager, words)
        parts.append(Form.people("colleagues", choices.people))
        if !choices.teams.isEmpty {
            parts.append(
                Form.boxes(
                    "team", words("Teams", "团队"),
                    choices.teams.map { team in
                        (
                            team.id, team.name,
                            shown.isOn("team-\(team.id)", shown.state.teams.contains { $0.text == team.id })
                        )
                    }))
        }
        if !choices.territories.isEmpty {
            parts.append(
                Form.boxes(
                    "territory", words("Territories", "区域"),
                    choices.territories.map { place in
                        let isOn = shown.state.territories.contains { $0.text == place.id }
                        return (place.id, place.name, shown.isOn("territory-\(place.id)", isOn))
                    }))
        }
        let back = shown.version == nil ? "/people" : "/people/\(shown.state.personId.text)"
        parts.append(
            .element(
                "div", [.classes("acts")],
                [
                    Form.send(shown.version == nil ? words("Add", "添加") : words("Save", "保存")),
                    .element("a", [.classes("b q"), .link(back)], [HTML(words("Cancel", "取消"))]),
                ]))
        let title =
            shown.version == nil
            ? words("Add a person", "添加人员") : words("Change \(shown.state.name)", "修改：\(shown.state.name)")
        let body = [shown.note].compactMap { $0 } + [.element("div", [.classes("narrow")], [Form.to(path, parts)])]
        return pages.app(
            visitor, title, at: "/people", body, crumb: (words("People", "人员"), "/people"), status: status)
    }

    private func fields(_ shown: Shown, _ manager: String, _ words: Words) -> [HTML] {
        let state = shown.state
        func field(
            _ name: String, _ label: String, _ stored: String?, _ more: [HTML.Attribute] = [], hint: String? = nil
        ) -> HTML {
            Form.field(
                name, label, [.text("value", shown.text(name, stored))] + more, hint: hint, fault: shown.faults[name])
        }
        return [
            field("name", words("Name", "姓名"), state.name, [.flag("required"), .text("autocomplete", "off")]),
            field(
                "email", words("Email", "邮箱"), state.email, [.text("type", "email"), .text("autocomplete", "off")],
                hint: words("The person signs in with it.", "用于登录。")),
            field("phone", words("Phone", "电话"), state.phone, [.text("type", "tel"), .text("autocomplete", "off")]),
            field("title", words("Title", "职务"), state.title),
            field(
                "manager", words("Reports to", "上级"), manager,
                [.text("list", "colleagues"), .text("autocomplete", "off")],
                hint: words("The address of a colleague.", "填写同事的邮箱。")),
            field(
                "skills", words("Skills", "技能"), state.skills.joined(separator: words(", ", "、")),
                hint: words("Parted by commas.", "用逗号或顿号分隔。")),
            field(
                "capacity", words("Works on at once, at most", "同时处理件数"), state.capacity.map { "\($0)" },
                [.text("inputmode", "numeric")]),
            Form.choice(
                "language", words("Language", "语言"), [("en", "English"), ("zh", "中文")],
                chosen: shown.text("language", state.language), none: words("the browser's", "随浏览器")),
            field(
                "zone", words("Time zone", "时区"), state.zone, [.text("autocomplete", "off")],
                hint: words("Such as Asia/Shanghai; empty for the firm's.", "例如 Asia/Shanghai；留空则用公司的时区。")),
            field(
                "externalId", words("External id", "外部编号"), state.externalId,
                hint: words("What the ERP or files call the person.", "ERP或文件中的编号。")),
        ]
    }
}
