import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import Messaging
import ServiceKit

extension Capability {
    /// Chances to sell, through the stages of the pipeline.
    static let opportunities = Capability(
        "opportunities", "chances to sell, through the stages of the pipeline",
        migrations: [
            Migration("m202611301030_opportunity_industry", "ALTER TABLE opportunity ADD COLUMN industry text"),
            Migration(
                "m202611301915_opportunity_withdrawn",
                """
                -- Opportunities of conversions that were taken back.
                CREATE TABLE opportunity_withdrawn (opportunity_id uuid PRIMARY KEY);
                """),
        ], statements: OpportunityStore.statements, records: [OpportunityState.record],
        standings: [
            .own("opportunity"), .own("opportunity_stage"), .own("pipeline_stage"), .own("opportunity_withdrawn"),
        ]
    ) { context in
        let (record, opportunities) = (OpportunityState.record, Resource.opportunities)
        return CapabilityParts(
            routes: [
                opportunities.create(context, .new(record)) { said, transaction in
                    try OpportunityCommands.create(said.applied(to: .init(opportunityId: .v7())), in: transaction)
                },
                opportunities.list(
                    "Opportunities, newest first",
                    filters: [
                        .query("stage", .enumeration(OpportunityState.stages), "Only those in a stage"),
                        .query("owner", .string, "Only those of an owner"),
                        .query("party", .uuid, "Only those of a party"),
                    ]
                ) { request in
                    try await context.rows(
                        OpportunityStore.page, request.pageAfter, request.query("stage"), request.query("owner"),
                        request.id(query: "party"), request.pageLimit)
                },
                opportunities.one(context),
                opportunities.change(context, .change(record)) { id, seen, said, transaction in
                    try await OpportunityCommands.change(id, seen, said, in: transaction)
                },
                Route(
                    .get, "/v1/pipeline", "The stages and what stands in them", tag: "opportunities", access: .read,
                    gives: .json(.items(pipelineStage))
                ) { _ in .items(try await context.rows(OpportunityStore.pipeline).first) },
            ], recovers: { OpportunityRecovery.recover(&$0) },
            tellsAgain: { keys, transaction in
                try await record.tellAgain(keys, by: OpportunityStore.raise, in: transaction) { opportunity, version in
                    try Outbox.append(
                        OpportunityChanged(opportunity: opportunity), key: opportunity.opportunityId, sequence: version,
                        in: transaction)
                }
            })
    }
}

extension Resource {
    /// Opportunities over HTTP.
    static let opportunities = Resource(OpportunityState.record, at: "/v1/opportunities")
}

private let pipelineStage = Schema.object([
    .init("stage", .string), .init("probability", .integer()), .init("isClosed", .boolean),
    .init("opportunities", .integer()),
    .init(
        "sums", .array(.object([.init("currency", .string), .init("amount", .amount), .init("weighted", .amount)]))),
])
