import EventLoop
import HTTP
import Postgres
import ServiceKit

@Loop
func leadRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .post, "/v1/leads", "Creates a lead", tag: "leads", body: .json(leadSchema), answers: [201, 400, 422]
        ) { request in
            let input = try await request.model(LeadInput.self).checked()
            return try await context.create(request) { transaction in
                try .made(LeadCommands.create(input, in: transaction), at: "/v1/leads")
            }
        },
        Route(
            .get, "/v1/leads", "Leads, newest first", tag: "leads",
            parameters: Route.Parameter.paging + [
                .query("status", .enumeration(LeadInput.statuses + ["converted"]), "Only those of a status"),
                .query("owner", .string, "Only those of an owner"),
            ], answers: [200, 400]
        ) { request in
            let rows = try await context.query(
                LeadStore.page, request.pageAfter, request.query("status"), request.query("owner"), request.pageLimit)
            return try .page(byID: rows, limit: request.pageLimit)
        },
        Route(.get, "/v1/leads/{id}", "One lead", tag: "leads", answers: [200, 404]) { request in
            let id = try request.id()
            guard let row = try await context.query(LeadStore.get, id).first else { throw Problem.missing("lead", id) }
            return .stored(try row.value(0), version: try row.value(1))
        },
        Route(
            .patch, "/v1/leads/{id}", "Changes the fields given", tag: "leads", body: .json(leadSchema),
            answers: [200, 400, 404, 409, 412, 428]
        ) { request in
            let id = try request.id()
            let version = try request.seenVersion()
            let input = try await request.model(LeadInput.self).checked()
            let lead = try await context.transaction { transaction in
                try await LeadCommands.change(id, seen: version, input, in: transaction)
            }
            return .stored(lead, version: version + 1)
        },
        Route(
            .post, "/v1/leads/{id}/convert", "Makes an opportunity of a lead", tag: "leads",
            body: .json(opportunitySchema), answers: [201, 400, 404, 409]
        ) { request in
            let id = try request.id()
            let isEmpty = try await request.wholeBody().isEmpty
            let input = isEmpty ? OpportunityInput() : try await request.model(OpportunityInput.self).checked()
            return try await context.create(request) { transaction in
                try .made(
                    await LeadCommands.convert(id, input, in: transaction), at: "/v1/opportunities")
            }
        },
    ]
}

private let leadSchema = Schema.object([
    .init("name", .string), .init("company", .string, required: false), .init("email", .string, required: false),
    .init("phone", .string, required: false), .init("source", .string, required: false),
    .init("partyId", .uuid, required: false), .init("owner", .string, required: false),
    .init("notes", .string, required: false), .init("status", .enumeration(LeadInput.statuses), required: false),
])
