import EventLoop
import HTTP
import Postgres
import ServiceKit

@Loop
func memberRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .get, "/v1/members/{id}", "A party as marketing sees it", tag: "members", access: .read, gives: .json(.any)
        ) {
            request in
            let id = try request.id()
            guard let row = try await context.query(MemberStore.get, id).first else {
                throw Problem.missing("member", id)
            }
            return .stored(try row.value(0))
        }
    ]
}
