import EventLoop
import HTTP
import Postgres
import ServiceKit

extension Resource {
    /// Campaigns over HTTP.
    static let campaigns = Resource("campaign", at: "/v1/campaigns", schema: shownCampaign, get: CampaignStore.get)
}

@Loop
func campaignRoutes(_ context: ServiceContext) -> [Route] {
    let campaigns = Resource.campaigns
    return [
        campaigns.create(context, CampaignInput.body) { said, transaction in
            try CampaignCommands.create(said, in: transaction)
        },
        campaigns.list(
            "Campaigns, newest first",
            filters: [.query("status", .enumeration(statuses), "Only those of a status")]
        ) { request in
            try await context.rows(
                CampaignStore.page, request.pageAfter, request.query("status"), request.pageLimit)
        },
        campaigns.one(context),
        Route(
            .get, "/v1/campaigns/{id}/preview", "How many a campaign would reach now", tag: "campaigns", access: .read,
            parameters: [.path("id", .uuid)],
            gives: .json(
                .object([
                    .init("segment", .string), .init("size", .integer()), .init("withConsent", .integer()),
                    .init("reachable", .integer()),
                ])), refuses: [404]
        ) { request in
            let id = try request.id()
            guard let reach = try await context.rows(CampaignStore.preview, id).first else {
                throw Problem.missing("campaign", id)
            }
            return .stored(reach)
        },
        Route(
            .post, "/v1/campaigns/{id}/launch", "Begins to ask for a campaign's messages", tag: "campaigns",
            access: .change, parameters: [.path("id", .uuid), .idempotencyKey],
            gives: .json(.object([.init("status", .enumeration(["running"]))]), .accepted), refuses: [404, 409, 422]
        ) { request in
            let id = try request.id()
            return try await context.create(request) { transaction in
                try await CampaignCommands.launch(id, in: transaction)
                return .stored("{\"status\":\"running\"}", status: .accepted)
            }
        },
        Route(
            .post, "/v1/campaigns/{id}/resume",
            "Lets a campaign go on that stands still since the service's data were lost or restored", tag: "campaigns",
            access: .change, parameters: [.path("id", .uuid), .idempotencyKey],
            gives: .json(.object([.init("status", .enumeration(["running"]))]), .accepted), refuses: [404, 409, 422]
        ) { request in
            let id = try request.id()
            return try await context.create(request) { transaction in
                try await CampaignCommands.resume(id, in: transaction)
                return .stored("{\"status\":\"running\"}", status: .accepted)
            }
        },
    ]
}

/// Halted: it runs, but a life before had begun it, and it waits until a person lets it go on.
private let statuses = ["draft", "running", "halted", "completed"]
private let words = Schema.nullable(.object([.init("subject", .string), .init("body", .string)]))
private let shownCampaign = Schema.named(
    "Campaign",
    .object([
        .init("id", .uuid), .init("version", .integer()), .init("name", .string), .init("segment", .string),
        .init("template", .string), .init("purpose", .string),
        .init("status", .enumeration(statuses)),
        .init("content", .object([.init("zh", words), .init("en", words)])), .init("createdAt", .dateTime),
        .init("launchedAt", .nullable(.dateTime)), .init("completedAt", .nullable(.dateTime)),
        .init("counts", .map(.integer()), "Messages by what became of them"),
    ]))
