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
        "activities", "calls, visits, meetings and mails that were made", migrations: [ActivitySchema.migration],
        statements: ActivityStore.statements, standings: [.own("activity")]
    ) { context in
        CapabilityParts(
            routes: [
                Resource.activities.create(
                    context, Activity.input, summary: "Logs a call, a visit, a meeting or a mail that was made",
                    refuses: [415]
                ) { said, transaction in try await ActivityCommands.log(said, in: transaction) },
                Resource.activities.list(
                    "What was logged, newest first",
                    filters: [
                        .query("partyId", .uuid, "Only with this party"),
                        .query("owner", .string, "Only those of an owner"),
                        .query("kind", .enumeration(Activity.kinds), "Only those of a kind"),
                    ]
                ) { request in
                    try await context.rows(
                        ActivityStore.page, request.pageAfter, request.id(query: "partyId"), request.query("owner"),
                        request.query("kind"), request.pageLimit)
                },
                Resource.activities.one(context),
            ],
            recovers: {
                $0.on(ActivityLogged.self) { told, transaction in
                    for one in told {
                        // Notes are in no event.
                        let activity = Activity(told: one.data.activity, notes: nil)
                        ActivityCommands.write(activity, at: one.event.time, in: transaction)
                    }
                }
            },
            tellsAgain: { keys, transaction in
                // What was done never changes.
                Set(try await transaction.rows(ActivityStore.known, keys.compactMap { UUID(text: $0) }).map(\.text))
            })
    }
}

extension Resource {
    /// Activities over HTTP.
    static let activities = Resource("activity", at: "/v1/activities", schema: shownActivity, get: ActivityStore.get)
}

private let shownActivity = Schema.named(
    "Activity",
    .object([
        .init("id", .uuid), .init("kind", .enumeration(Activity.kinds)), .init("subject", .string),
        .init("at", .dateTime), .init("partyId", .uuid), .init("opportunityId", .nullable(.uuid)),
        .init("owner", .nullable(.string)), .init("minutes", .nullable(.integer())),
        .init("outcome", .nullable(.string)), .init("place", .nullable(.string)), .init("notes", .nullable(.string)),
        .init("createdAt", .dateTime),
    ]))
