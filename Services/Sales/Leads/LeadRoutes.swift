import CRMModel
import EventLoop
import HTTP
import Postgres
import ServiceKit

extension Capability {
    /// Who may become a customer.
    static let leads = Capability("leads", "who may become a customer", statements: LeadStore.statements) {
        CapabilityParts(routes: leadRoutes($0))
    }
}

extension Resource {
    /// Leads over HTTP.
    static let leads = Resource("lead", at: "/v1/leads", schema: shownLead, get: LeadStore.get)
}

private let shownLead = Schema.named(
    "Lead",
    .object([
        .init("id", .uuid), .init("version", .integer()),
        .init("status", .enumeration(LeadInput.statuses + ["converted"])), .init("name", .string),
        .init("company", .nullable(.string)), .init("email", .nullable(.string)), .init("phone", .nullable(.string)),
        .init("source", .nullable(.string)), .init("partyId", .nullable(.uuid)), .init("owner", .nullable(.string)),
        .init("notes", .nullable(.string)), .init("opportunityId", .nullable(.uuid)),
        .init("createdAt", .dateTime), .init("updatedAt", .dateTime),
    ]))

@Loop
func leadRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .post, "/v1/leads", "Creates a lead", tag: "leads", access: .change, body: .json(leadSchema),
            gives: .json(.made, .created), refuses: [422]
        ) { request in
            let input = try await request.model(LeadInput.self).checked()
            return try await context.create(request) { transaction in
                try .made(LeadCommands.create(input, in: transaction), at: "/v1/leads")
            }
        },
        Route(
            .get, "/v1/leads", "Leads, newest first", tag: "leads", access: .read,
            parameters: Route.Parameter.paging + [
                .query("status", .enumeration(LeadInput.statuses + ["converted"]), "Only those of a status"),
                .query("owner", .string, "Only those of an owner"),
            ], gives: .json(.page(of: shownLead))
        ) { request in
            let rows = try await context.query(
                LeadStore.page, request.pageAfter, request.query("status"), request.query("owner"), request.pageLimit)
            return try .page(byID: rows, limit: request.pageLimit)
        },
        Resource.leads.one(context),
        Route(
            .patch, "/v1/leads/{id}", "Changes the fields given", tag: "leads", access: .change,
            parameters: [.path("id", .uuid), .ifMatch], body: .json(leadChangeSchema), gives: .json(shownLead),
            refuses: [409, 412, 428]
        ) { request in
            let id = try request.id()
            let seen = try await Seen(request)
            let input = try await request.model(LeadInput.self).checked()
            return try await context.transaction { transaction in
                let (lead, version) = try await LeadCommands.change(id, seen, input, in: transaction)
                return .stored(lead, version: version)
            }
        },
        Route(
            .post, "/v1/leads/{id}/convert", "Makes an opportunity of a lead", tag: "leads", access: .change,
            body: .json(OpportunityState.record.change), gives: .json(.made, .created), refuses: [409]
        ) { request in
            let id = try request.id()
            let isEmpty = try await request.wholeBody().isEmpty
            let input = isEmpty ? OpportunityState.record.nothing : try await request.patch(OpportunityState.record)
            return try await context.create(request) { transaction in
                try .made(
                    await LeadCommands.convert(id, input, in: transaction), at: "/v1/opportunities")
            }
        },
    ]
}

private let leadChangeSchema = Schema.reading(LeadInput.self, ["status": .enumeration(LeadInput.statuses)])
private let leadSchema = Schema.object([
    .init("name", .string), .init("company", .string, required: false), .init("email", .string, required: false),
    .init("phone", .string, required: false), .init("source", .string, required: false),
    .init("partyId", .uuid, required: false), .init("owner", .string, required: false),
    .init("notes", .string, required: false), .init("status", .enumeration(LeadInput.statuses), required: false),
])
