import Crypto
import EventLoop
import FoundationEssentials
import HTML
import HTTP
import ServiceKit

/// What a person owns in the other services, asked of each list by its owner, in the name of who looks. Services do not tell each other whose
/// things are; the one who hands them over asks, when he does.
@Loop
struct Handover {
    /// One list, and what of it is the person's.
    struct Owned: Sendable {
        let names: (english: String, chinese: String)
        /// How many; nil where the service has not answered, or may not be asked.
        let count: Int?
        /// Whether there are more than were counted.
        let isMore: Bool
        /// How the first of them are called.
        let first: [String]
    }

    private struct List: Sendable {
        let service: String
        let path: String
        let names: (english: String, chinese: String)
    }

    private static let lists = [
        List(service: "sales", path: "/v1/accounts?owner=", names: ("Customers", "客户")),
        List(service: "sales", path: "/v1/leads?owner=", names: ("Leads", "线索")),
        List(service: "sales", path: "/v1/opportunities?owner=", names: ("Opportunities", "商机")),
        List(service: "sales", path: "/v1/tasks?owner=", names: ("Tasks", "任务")),
        List(service: "tickets", path: "/v1/tickets?assignee=", names: ("Tickets", "工单")),
    ]

    private let others: OtherServices

    init(_ context: ServiceContext) throws { others = try context.shared(OtherServices.init) }

    /// Asks all lists at the same time. Records of before name people by their names, so both are asked for.
    func owned(by person: UUID, _ name: String, for session: Session) async -> [Owned] {
        guard !others.names.isEmpty else { return [] }
        let tasks = Self.lists.map { list in
            Task { @Loop in
                let byID = await ask(list, person.text, session)
                let byName = await ask(list, name, session)
                return Self.joined(list, [byID, byName].compactMap { $0 })
            }
        }
        var owned: [Owned] = []
        for task in tasks { owned.append(await task.value) }
        return owned
    }

    private struct Page: Decodable, Sendable {
        struct Item: Decodable, Sendable {
            let id: String
            var name: String?
            var title: String?
            var subject: String?
            var company: String?
        }
        let items: [Item]
        var next: String?
    }

    private func ask(_ list: List, _ owner: String, _ session: Session) async -> Page? {
        try? await others.get(
            list.service, list.path + PercentText.encode(owner) + "&limit=200", of: session, as: Page.self)
    }

    private static func joined(_ list: List, _ pages: [Page]) -> Owned {
        guard !pages.isEmpty else { return Owned(names: list.names, count: nil, isMore: false, first: []) }
        var seen: Set<String> = []
        let items = pages.flatMap(\.items).filter { seen.insert($0.id).inserted }
        let names = items.prefix(5).map { $0.name ?? $0.title ?? $0.subject ?? $0.company ?? $0.id }
        return Owned(
            names: list.names, count: items.count, isMore: pages.contains { $0.next != nil }, first: Array(names))
    }

    /// What was found, as a part of a page.
    static func shown(_ owned: [Owned], _ words: Words) -> HTML {
        let rows = owned.map { one -> HTML in
            let count = one.count.map { "\($0)\(one.isMore ? words(" or more", "以上") : "")" }
            let names = one.first.joined(separator: words(", ", "、"))
            return .element(
                "tr", [],
                [
                    .element("th", [.text("scope", "row")], [HTML(words(one.names.english, one.names.chinese))]),
                    .element(
                        "td", [],
                        [count == nil ? Parts.state(.off, words("not known", "未知")) : HTML(names)]),
                    .element("td", [.classes("r")], [HTML(count ?? "–")]),
                ])
        }
        return Parts.section(
            "owned", words("To be handed over", "需要移交的记录"),
            [Form.table([words("What", "类别"), words("Such as", "例如"), words("How many", "数量")], rows, right: 2)])
    }
}
