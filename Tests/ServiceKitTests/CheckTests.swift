import Crypto
import FoundationEssentials
import HTTP
import Postgres
import Testing

@testable import ServiceKit

@Suite struct CheckTests {
    private func route(
        _ path: String, tag: String = "parties", access: Route.Access = .read, _ parameters: [Route.Parameter] = [],
        gives schema: Schema = .uuid
    ) -> Route {
        Route(.get, path, "", tag: tag, access: access, parameters: parameters, gives: .json(schema)) { _ in
            Response(.ok)
        }
    }

    @Test func routesThatContradictThemselvesAreTold() {
        let sound = [
            route("/v1/a", gives: .named("A", .object([.init("a", .reference("A"))]))),
            route(
                "/v1/a/{id}", [.path("id", .uuid)], gives: .array(.named("A", .object([.init("a", .reference("A"))])))),
            route("/health", tag: "", access: .open),
        ]
        #expect(OpenAPI.faults(of: sound) == [])
        let wrong = [
            route("/v1/a/{other}"), route("/v1/b", [.path("id", .uuid)]), route("/v1/c", tag: ""),
            route("/v1/f", tag: "nowhere"),
            route("/v1/d", gives: .items(.named("A", .uuid))), route("/v1/e", gives: .reference("E")),
        ]
        #expect(
            OpenAPI.faults(of: sound + wrong) == [
                "GET /v1/a/{other} is there twice", "GET /v1/b has no {id} in its path",
                "GET /v1/c asks for a right without a name",
                "GET /v1/f asks for nowhere.read, whose area is not in the list of areas", "the name A has two shapes",
                "the shape E is described nowhere",
            ])
    }

    @Test func aListedStatementSaysWhatItTakesAndGives() {
        let query = Query("party.of", takes: UUID.self, String?.self, gives: Int.self, UUID?.self, sql: "SELECT 1")
        #expect(query.statement.listing == "-- party.of (UUID, String?) -> (Int, UUID?)\nSELECT 1;\n")
        #expect(Statement("party.all", "SELECT 2").listing == "-- party.all\nSELECT 2;\n")
    }
}
