import EventLoop
import HTTP
import ServiceKit

extension Route.Parameter {
    /// What narrows a list.
    static let partyFilter: [Route.Parameter] = [
        .query("search", .string, "Words of a name, a mail address, a phone number in any writing, a reference"),
        .query(
            "filter", .string,
            """
            A JSON list of conditions that hold together, such as [{"field":"country","is":"CN"}]. Fields: kind, name, email, phone, \
            notes, language, timeZone, country, owner, category, tag, organisation, title, taxId, like, handle, reference, preferences.<key>, \
            address.<part> (is, isNot, in, isSet); birthday, createdAt, updatedAt (is, atLeast, atMost, isSet); with currency \
            \(PartyQuery.valueFields.joined(separator: ", ")) (is, atLeast, atMost, isSet; abc and segment: is, in); custom.<key> (all of \
            these by its type); consent.<channel>.<purpose> (is); stage, benefit (is, in)
            """),
    ]

    /// The order of a list.
    static let partyOrder: [Route.Parameter] = [
        .query("sort", .enumeration(["name", "createdAt", "updatedAt", "value.net"]), "The order; name unless given"),
        .query("descending", .boolean, "The order's direction; false for names and true for others unless given"),
        .query("currency", .string, "ISO 4217, for the order by value"),
        .query(
            "language", .string,
            "The reader's language (BCP 47), for the order by name: Swedish å stands behind z, Chinese names by their sounds"
        ),
    ]

    /// How a list goes on.
    static let partyPaging: [Route.Parameter] = [
        .query("limit", .integer(1...200), "How many at most; 50 unless given"),
        .query("after", .string, "The `next` of the page before"),
    ]
}

extension PartyListRequest {
    @Loop
    init(_ request: Request) throws {
        search = request.query("search").flatMap { $0.isEmpty ? nil : $0 }
        guard search?.utf8.contains(0) != true else { throw Problem.field("search", "must not have a NUL character") }
        filter = try PartyCondition.list(request.query("filter"))
        sort = request.query("sort")
        descending = request.query("descending").map { $0 == "true" }
        currency = request.query("currency")
        language = request.query("language")
    }
}
