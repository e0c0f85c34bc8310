import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

/// The segments that there are.
let segmentNames = [
    "new", "active", "inactive", "values-functional", "values-process", "values-relationship",
]

@Loop
func segmentRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .get, "/v1/segments", "The segments and how many are in them", tag: "segments", access: .read,
            gives: .json(
                .items(.object([.init("segment", .string), .init("rule", .string), .init("members", .integer())])))
        ) { _ in
            .items(try await context.query(SegmentStore.list).first?.value(0))
        },
        Route(
            .get, "/v1/segments/{segment}/members", "Who is in a segment, since when and why", tag: "segments",
            access: .read,
            parameters: Route.Parameter.paging,
            gives: .json(
                .page(
                    of: .object([
                        .init("partyId", .uuid), .init("name", .nullable(.string)), .init("since", .dateTime),
                        .init("reason", .string), .init("orders", .integer()),
                        .init("lastOrderAt", .nullable(.dateTime)),
                    ]), next: .uuid))
        ) { request in
            let segment = request.path("segment")
            guard segmentNames.contains(segment) else { throw Problem.missing("segment", segment) }
            let rows = try await context.query(
                SegmentStore.members, segment, request.pageAfter, request.pageLimit)
            return try .page(byID: rows, limit: request.pageLimit)
        },
    ]
}
