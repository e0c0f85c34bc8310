import EventLoop
import HTTP
import Postgres
import ServiceKit

@Loop
func campaignRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .post, "/v1/campaigns", "Creates a campaign", tag: "campaigns", access: .change,
            body: .json(campaignSchema), gives: .json(.made, .created), refuses: [422]
        ) { request in
            let input = try await request.model(CampaignInput.self).checked()
            return try await context.create(request) { transaction in
                try .made(CampaignCommands.create(input, in: transaction), at: "/v1/campaigns")
            }
        },
        Route(
            .get, "/v1/campaigns", "Campaigns, newest first", tag: "campaigns", access: .read,
            parameters: Route.Parameter.paging + [
                .query("status", .enumeration(["draft", "running", "completed"]), "Only those of a status")
            ], gives: .json(.page(of: shownCampaign))
        ) { request in
            let rows = try await context.query(
                CampaignStore.page, request.pageAfter, request.query("status"), request.pageLimit)
            return try .page(byID: rows, limit: request.pageLimit)
        },
        Route(
            .get, "/v1/campaigns/{id}", "One campaign with its counts", tag: "campaigns", access: .read,
            gives: .json(shownCampaign)
        ) {
            request in
            let id = try request.id()
            guard let row = try await context.query(CampaignStore.get, id).first else {
                throw Problem.missing("campaign", id)
            }
            return .stored(try row.value(0), version: try row.value(1))
        },
        Route(
            .get, "/v1/campaigns/{id}/preview", "How many a campaign would reach now", tag: "campaigns", access: .read,
            gives: .json(
                .object([
                    .init("segment", .string), .init("size", .integer()), .init("withConsent", .integer()),
                    .init("reachable", .integer()),
                ]))
        ) { request in
            let id = try request.id()
            guard let row = try await context.query(CampaignStore.preview, id).first else {
                throw Problem.missing("campaign", id)
            }
            return .stored(try row.value(0))
        },
        Route(
            .post, "/v1/campaigns/{id}/launch", "Begins to ask for a campaign's messages", tag: "campaigns",
            access: .change, gives: .json(.object([.init("status", .enumeration(["running"]))]), .accepted),
            refuses: [409]
        ) { request in
            let id = try request.id()
            return try await context.create(request) { transaction in
                try await CampaignCommands.launch(id, in: transaction)
                return .stored("{\"status\":\"running\"}", status: .accepted)
            }
        },
    ]
}

private let textSchema = Schema.object([.init("subject", .string), .init("body", .string)])

private let campaignSchema = Schema.object([
    .init("name", .string), .init("segment", .enumeration(segmentNames)), .init("template", .string, required: false),
    .init("purpose", .enumeration(["marketing"]), required: false),
    .init(
        "content", .object([.init("zh", textSchema, required: false), .init("en", textSchema, required: false)])),
])

private let words = Schema.nullable(.object([.init("subject", .string), .init("body", .string)]))
private let shownCampaign = Schema.named(
    "Campaign",
    .object([
        .init("id", .uuid), .init("version", .integer()), .init("name", .string), .init("segment", .string),
        .init("template", .string), .init("purpose", .string),
        .init("status", .enumeration(["draft", "running", "completed"])),
        .init("content", .object([.init("zh", words), .init("en", words)])), .init("createdAt", .dateTime),
        .init("launchedAt", .nullable(.dateTime)), .init("completedAt", .nullable(.dateTime)),
        .init("counts", .map(.integer()), "Messages by what became of them"),
    ]))
