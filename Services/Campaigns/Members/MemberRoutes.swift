import EventLoop
import HTTP
import Postgres
import ServiceKit

@Loop
func memberRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .get, "/v1/members/{id}", "A party as marketing sees it", tag: "members", access: .read,
            parameters: [.path("id", .uuid, "The party")], gives: .json(shownMember)
        ) { request in
            let id = try request.id()
            guard let row = try await context.query(MemberStore.get, id).first else {
                throw Problem.missing("member", id)
            }
            return .stored(try row.value(0))
        }
    ]
}

private let shownMember = Schema.named(
    "Member",
    .object([
        .init("partyId", .uuid), .init("name", .nullable(.string)), .init("email", .nullable(.string)),
        .init("language", .nullable(.string)), .init("mayMail", .nullable(.boolean)), .init("orders", .integer()),
        .init("firstOrderAt", .nullable(.dateTime)), .init("lastOrderAt", .nullable(.dateTime)),
        .init("benefit", .nullable(.string)), .init("nextCheckAt", .nullable(.dateTime)),
        .init(
            "segments",
            .array(.object([.init("segment", .string), .init("since", .dateTime), .init("reason", .string)]))),
    ]))
