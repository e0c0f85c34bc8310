import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit

extension Capability {
    /// Calls, visits, meetings and mails that were made.
    static let activities = Capability(
        "activities", "calls, visits, meetings and mails that were made", migrations: [SalesSchema.activities],
        statements: ActivityStore.statements
    ) { CapabilityParts(routes: activityRoutes($0)) }
}

@Loop
func activityRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .post, "/v1/activities", "Logs a call, a visit, a meeting or a mail that was made", tag: "activities",
            access: .change,
            body: .json(newSchema), gives: .json(.made, .created), refuses: [415, 422]
        ) { request in
            let input = try await request.model(ActivityInput.self).checked()
            return try await context.create(request) { transaction in
                try .made(await log(input, in: transaction), at: "/v1/activities")
            }
        },
        Route(
            .get, "/v1/activities", "What was logged, newest first", tag: "activities", access: .read,
            parameters: Route.Parameter.paging + [
                .query("partyId", .uuid, "Only with this party"), .query("owner", .string, "Only those of an owner"),
                .query("kind", .enumeration(ActivityInput.kinds), "Only those of a kind"),
            ], gives: .json(.page(of: activitySchema))
        ) { request in
            let rows = try await context.query(
                ActivityStore.page, request.pageAfter, request.query("partyId").flatMap { UUID(text: $0) },
                request.query("owner"), request.query("kind"), request.pageLimit)
            return try .page(byID: rows, limit: request.pageLimit)
        },
        Route(
            .get, "/v1/activities/{id}", "One activity", tag: "activities", access: .read,
            gives: .json(activitySchema)
        ) { request in
            let id = try request.id()
            guard let row = try await context.query(ActivityStore.get, id).first else {
                throw Problem.missing("activity", id)
            }
            return .stored(try row.value(0))
        },
    ]
}

/// Writes what was done, with the event by which it comes on the customer's timeline.
@Loop
private func log(_ input: ActivityInput, in transaction: Transaction) async throws -> UUID {
    guard let kind = input.kind, let subject = input.subject, let party = input.partyId else {
        throw Problem.field("partyId", "is required")
    }
    if let opportunity = input.opportunityId,
        try await transaction.query(OpportunityStore.get.statement, opportunity).isEmpty
    {
        throw Problem.field("opportunityId", "is no opportunity")
    }
    let activity = ActivityState(
        activityId: UUID.v7(), kind: kind, subject: subject, at: input.at ?? Date(), partyId: party,
        opportunityId: input.opportunityId, owner: input.owner, minutes: input.minutes, outcome: input.outcome,
        place: input.place)
    let id = activity.activityId
    transaction.enqueue(
        ActivityStore.insert, id, kind, subject, activity.at, party, activity.opportunityId, activity.owner,
        activity.minutes, activity.outcome, activity.place, input.notes)
    try Outbox.append(
        ActivityLogged(activity: activity), topic: .sales, key: id.text, sequence: 1, in: transaction)
    return id
}

private let parts: [Schema.Property] = [
    .init("kind", .enumeration(ActivityInput.kinds)), .init("subject", .string), .init("partyId", .uuid),
    .init("opportunityId", .uuid, required: false, "What it was for"),
    .init("owner", .string, required: false, "Who did it"),
    .init("minutes", .integer(0...10_000), required: false, "How long it took"),
    .init("outcome", .string, required: false, "What came of it: `met`, `absent`, …"),
    .init("place", .string, required: false), .init("notes", .string, required: false),
]

private let newSchema = Schema.object(
    parts + [.init("at", .dateTime, required: false, "When it was; now unless given")])

private let activitySchema = Schema.named(
    "Activity",
    .object([
        .init("id", .uuid), .init("kind", .enumeration(ActivityInput.kinds)), .init("subject", .string),
        .init("at", .dateTime), .init("partyId", .uuid), .init("opportunityId", .nullable(.uuid)),
        .init("owner", .nullable(.string)), .init("minutes", .nullable(.integer())),
        .init("outcome", .nullable(.string)), .init("place", .nullable(.string)), .init("notes", .nullable(.string)),
        .init("createdAt", .dateTime),
    ]))
