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
        "leads", "who may become a customer", statements: LeadStore.statements, records: [LeadState.record],
        standings: [.own("lead")]
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
                Route(
                    .post, "\(leads.path)/{id}/convert", "Makes an opportunity of a lead", tag: leads.tag,
                    access: .change,
                    parameters: [.path("id", .uuid), .idempotencyKey], body: beginning.body,
                    gives: .json(.made, .created),
                    refuses: [409, 422]
                ) { request in
                    let (id, said) = (try request.id(), try await beginning.read(request))
                    return try await context.create(request) { transaction in
                        try .made(
                            await LeadCommands.convert(id, said, in: transaction), at: Resource.opportunities.path)
                    }
                },
            ], recovers: { LeadRecovery.recover(&$0) },
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

/// What the opportunity of a lead begins with; no body says nothing.
private let beginning = Input(.json(OpportunityState.record.change)) { request in
    let record = OpportunityState.record
    return try await request.wholeBody().isEmpty ? record.nothing : request.patch(record)
}
