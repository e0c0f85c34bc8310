import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

@Loop
func opportunityRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .post, "/v1/opportunities", "Creates an opportunity", tag: "opportunities", body: .json(opportunitySchema),
            answers: [201, 400, 422]
        ) { request in
            let input = try await request.model(OpportunityInput.self).checked()
            return try await context.create(request) { transaction in
                try .made(OpportunityCommands.create(input, in: transaction), at: "/v1/opportunities")
            }
        },
        Route(
            .get, "/v1/opportunities", "Opportunities, newest first", tag: "opportunities",
            parameters: Route.Parameter.paging + [
                .query("stage", .enumeration(OpportunityInput.stages), "Only those in a stage"),
                .query("owner", .string, "Only those of an owner"),
                .query("party", .uuid, "Only those of a party"),
            ], answers: [200, 400]
        ) { request in
            let rows = try await context.query(
                OpportunityStore.page, request.pageAfter, request.query("stage"), request.query("owner"),
                request.query("party").flatMap { UUID(text: $0) }, request.pageLimit)
            return try .page(byID: rows, limit: request.pageLimit)
        },
        Route(.get, "/v1/opportunities/{id}", "One opportunity", tag: "opportunities", answers: [200, 404]) { request in
            try await shown(request.id(), context)
        },
        Route(
            .patch, "/v1/opportunities/{id}", "Changes the fields given", tag: "opportunities",
            body: .json(opportunitySchema), answers: [200, 400, 404, 409, 412, 428]
        ) { request in
            let id = try request.id()
            let version = try request.seenVersion()
            let input = try await request.model(OpportunityInput.self).checked()
            try await context.transaction { transaction in
                try await OpportunityCommands.change(id, seen: version, input, in: transaction)
            }
            return try await shown(id, context)
        },
        Route(.get, "/v1/pipeline", "The stages and what stands in them", tag: "opportunities") { _ in
            let rows = try await context.query(OpportunityStore.pipeline)
            return .stored("{\"items\":\(try rows.first?.value(0) ?? "[]")}")
        },
    ]
}

@Loop
private func shown(_ id: UUID, _ context: ServiceContext) async throws -> Response {
    guard let row = try await context.query(OpportunityStore.get, id).first else {
        throw Problem.missing("opportunity", id)
    }
    return .stored(try row.value(0), version: try row.value(1))
}

let opportunitySchema = Schema.object([
    .init("name", .string, required: false), .init("stage", .enumeration(OpportunityInput.stages), required: false),
    .init("partyId", .uuid, required: false), .init("owner", .string, required: false),
    .init("amount", .format("decimal"), required: false), .init("currency", .string, required: false),
    .init("expectedClose", .date, required: false), .init("lossReason", .string, required: false),
])
