import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import Messaging
import ServiceKit

extension Capability {
    /// Who may become a customer.
    static let leads = Capability(
        "leads", "who may become a customer", migrations: [LeadSchema.conversions], statements: LeadStore.statements,
        records: [LeadState.record], standings: [.own("lead"), .own("lead_status")]
    ) { context in
        let (record, leads) = (LeadState.record, Resource.leads)
        return CapabilityParts(
            routes: [
                leads.create(context, .new(record)) { said, transaction in
                    try LeadCommands.create(said.applied(to: LeadState(leadId: .v7())), in: transaction)
                },
                leads.list(
                    "Leads, newest first",
                    filters: [
                        .query("status", .enumeration(LeadState.statuses), "Only those of a status"),
                        .query("owner", .string, "Only those of an owner"),
                    ]
                ) { request in
                    try await context.rows(
                        LeadStore.page, request.pageAfter, request.query("status"), request.query("owner"),
                        request.pageLimit)
                },
                leads.one(context),
                leads.change(context, .change(record)) { id, seen, said, transaction in
                    try await LeadCommands.change(id, seen, said, in: transaction)
                },
            ] + conversionRoutes(context), recovers: { LeadRecovery.recover(&$0) },
            tellsAgain: { keys, transaction in
                try await record.tellAgain(keys, by: LeadStore.raise, in: transaction) { lead, version in
                    try Outbox.append(LeadChanged(lead: lead), key: lead.leadId, sequence: version, in: transaction)
                }
            })
    }
}

extension Resource {
    /// Leads over HTTP.
    static let leads = Resource(LeadState.record, at: "/v1/leads")
}

@Loop
private func conversionRoutes(_ context: ServiceContext) -> [Route] {
    let (leads, input) = (Resource.leads, LeadConversionInput.input)
    return [
        Route(
            .post, "\(leads.path)/{id}/convert",
            """
            Makes a customer of a lead: an account, the person at it where the lead names a firm, and an opportunity, whose id it gives; \
            a 409 shows who is known by the lead's address or number
            """, tag: leads.tag, access: .change, parameters: [.path("id", .uuid), .idempotencyKey], body: input.body,
            gives: .json(.made, .created), refuses: [409, 422]
        ) { request in
            let (id, said) = (try request.id(), try await input.read(request))
            return try await context.create(request) { transaction in
                try .made(await LeadConversions.convert(id, said, in: transaction), at: Resource.opportunities.path)
            }
        },
        Route(
            .get, "\(leads.path)/{id}/choices", "Who is known by the lead's mail address or telephone number",
            tag: leads.tag, access: .read, parameters: [.path("id", .uuid)], gives: .json(LeadChoices.schema)
        ) { request in
            let id = try request.id()
            let json = try await context.transaction { transaction in
                let (lead, _) = try await LeadState.record.locked(id, LeadStore.lock, in: transaction)
                return try await LeadChoices(lead, in: transaction).json
            }
            return .stored(json)
        },
        leads.act(
            "revert", "Takes a lead's conversion back, while nothing rests on it; a 409 says what does", context,
            .nothing
        ) { id, _, transaction in try await LeadConversions.revert(id, in: transaction) },
    ]
}
