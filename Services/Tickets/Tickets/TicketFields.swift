import FoundationEssentials
import HTTP
import ServiceKit

/// A ticket's fields: what callers may say, how it is checked, shown and described. Its clocks and the moves of its status are no fields:
/// see `Ticket` for their rules.
extension Ticket {
    /// As it is opened, and as lists show it.
    static let record = Record<Ticket>("ticket", id: \.id, blank: { Ticket(id: $0) }, fields, shown: shown)

    /// As it is shown alone.
    static let withThread = Record<Ticket>(
        "ticketWithThread", table: "ticket", id: \.id, blank: { Ticket(id: $0) }, fields,
        shown: shown + [thread, survey])

    /// What is changed of it.
    static let change = Record<Ticket>(
        "ticket", id: \.id, blank: { Ticket(id: $0) },
        [.needed("status", \.statusWord, settable), priority, assignee])

    private static let fields: [Field<Ticket>] = [
        .optional("partyId", \.partyID), .needed("type", \.type, .word(types), required: false), priority,
        .needed("status", \.statusWord, .word(statuses), given: false),
        .needed("subject", \.subject, .text()), .optional("description", \.description, .text(20_000)),
        .optional("orderId", \.orderID, .text(200)), assignee,
    ]
    private static let priority = Field<Ticket>.needed(
        "priority", \.priority, .word(Policy.priorities), required: false)
    private static let assignee = Field<Ticket>.optional("assignee", \.assignee, .text(200))

    /// All that a ticket can be, and what a change may set.
    static let statuses = Status.allCases.map(\.rawValue)
    private static let unresolved = statuses.filter { $0 != Status.resolved.rawValue }
    private static let settable = Rule<String>(.enumeration(unresolved)) { value, name in
        guard value != Status.resolved.rawValue else {
            throw Problem.field(name, "is set to resolved by POST /v1/tickets/{id}/resolve")
        }
        return try FieldCheck.word(value, name, of: unresolved) ?? value
    }

    private static let shown: [ShownMember] = [
        ShownMember("source", "o.source", .string), .init("resolvedAt", "o.resolved_at", .nullable(.dateTime)),
        .init(
            "firstResponse", TicketStore.firstResponse,
            .object([
                .init("dueAt", .dateTime), .init("respondedAt", .nullable(.dateTime)),
                .init("breachedAt", .nullable(.dateTime)),
            ])),
        .init(
            "resolution", TicketStore.resolution,
            .object([
                .init("dueAt", .nullable(.dateTime)), .init("secondsLeft", .nullable(.number)),
                .init("breachedAt", .nullable(.dateTime)),
            ])),
    ]

    private static let thread = ShownMember(
        "thread", TicketStore.thread,
        .array(
            .object([
                .init("id", .uuid), .init("visibility", .string), .init("from", .string),
                .init("author", .nullable(.string)), .init("body", .string), .init("at", .dateTime),
            ])))

    private static let survey = ShownMember(
        "survey", TicketStore.survey,
        .nullable(
            .object([
                .init("state", .enumeration(["waiting", "asked", "dropped"])), .init("reason", .nullable(.string)),
                .init("at", .dateTime),
            ])))

    /// The status as it is said and stored.
    private var statusWord: String {
        get { status.rawValue }
        set { status = Status(rawValue: newValue) ?? status }
    }
}
