import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import ServiceKit
import Text

extension Capability {
    /// Who is of the firm.
    static let people = Capability(
        "people", "who is of the firm", migrations: [PersonStore.migration],
        statements: PersonState.kept.statements + PersonStore.statements, records: [PersonState.record],
        standings: [.own("person")]
    ) { context in
        let kept = PersonState.kept
        return CapabilityParts(
            routes: personRoutes(context), recovers: { kept.recover(&$0) },
            tellsAgain: { try await kept.tellAgain($0, in: $1) })
    }
}

@Loop
private func personRoutes(_ context: ServiceContext) -> [Route] {
    let (kept, people) = (PersonState.kept, Resource.people)
    return [
        people.create(context, .new(kept.record)) { try await kept.create($0, in: $1) },
        people.list(
            "Persons",
            filters: [
                .query("status", .enumeration(Directory.statuses), "Only those of a status"),
                .query("team", .uuid, "Only those of a team"), .query("role", .string, "Only those with a role"),
                .query("q", .string, "How the name, the mail address or the external id begins"),
            ]
        ) { request in
            try await context.rows(
                PersonStore.page, request.pageAfter, request.query("status"), request.id(query: "team"),
                request.query("role"), request.query("q").map { LikePattern.literal($0) + "%" }, request.pageLimit)
        },
        people.one(context),
        people.change(context, .change(kept.record)) { try await kept.change($0, $1, $2, in: $3) },
        people.act(
            "roles", "Gives a person roles in place of those before", context, Granted.input, access: .configure
        ) { id, roles, transaction in try await PersonCommands.grant(id, roles, in: transaction) },
        people.act("end", "Ends a person who has left", context, .nothing, access: .configure) {
            id, _, transaction in
            try await PersonCommands.end(id, in: transaction)
        },
        people.act(
            "take-back", "Takes a person back who had left, without roles", context, .nothing, access: .configure
        ) { id, _, transaction in try await PersonCommands.takeBack(id, in: transaction) },
    ]
}
