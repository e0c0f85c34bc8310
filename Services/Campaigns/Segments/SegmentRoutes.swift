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
            let rows = try await context.query(SegmentStore.list)
            return .stored("{\"items\":\(try rows.first?.value(0) ?? "[]")}")
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
                    ])))
        ) { request in
            guard segmentNames.contains(request.path("segment")) else {
                throw Problem(status: .notFound, detail: "There is no segment \(request.path("segment")).")
            }
            let rows = try await context.query(
                SegmentStore.members, request.path("segment"), request.pageAfter, request.pageLimit)
            return try .page(byID: rows, limit: request.pageLimit)
        },
    ]
}
