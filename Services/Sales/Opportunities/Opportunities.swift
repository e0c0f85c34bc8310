import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

extension Capability {
    /// Chances to sell, through the stages of the pipeline.
    static let opportunities = Capability(
        "opportunities",
        migrations: [Migration("m202612010400_opportunity_industry", "ALTER TABLE opportunity ADD COLUMN industry text")],
        statements: OpportunityStore.statements
    ) { context in
        let (record, path, tag) = (OpportunityState.record, "/v1/opportunities", "opportunities")
        return CapabilityParts(routes: [
            .create(record, path, tag: tag, context) { said, transaction in
                try OpportunityCommands.create(said.applied(to: .init(opportunityId: .v7())), in: transaction)
            },
            .list(
                record, path, "Opportunities, newest first", tag: tag,
                filters: [
                    .query("stage", .enumeration(OpportunityState.stages), "Only those in a stage"),
                    .query("owner", .string, "Only those of an owner"), .query("party", .uuid, "Only those of a party"),
                ]
            ) { request in
                try await context.rows(
                    OpportunityStore.page, request.pageAfter, request.query("stage"), request.query("owner"),
                    request.id(query: "party"), request.pageLimit)
            },
            .one(record, path, tag: tag, OpportunityStore.get, context),
            .change(record, path, tag: tag, context) { id, seen, said, transaction in
                try await OpportunityCommands.change(id, seen, said, in: transaction)
            },
            Route(
                .get, "/v1/pipeline", "The stages and what stands in them", tag: tag, answers: [.json(.ok, pipeline)]
            ) { _ in
                .stored("{\"items\":\(try await context.rows(OpportunityStore.pipeline).first ?? "[]")}")
            },
        ])
    }
}

private let pipeline = Schema.object([
    .init(
        "items",
        .array(
            .object([
                .init("stage", .string), .init("probability", .integer()), .init("isClosed", .boolean),
                .init("opportunities", .integer()),
                .init(
                    "sums",
                    .array(
                        .object([
                            .init("currency", .string), .init("amount", .format("decimal")),
                            .init("weighted", .format("decimal")),
                        ]))),
            ])))
])
