import Campaigns
import Console
import Contacts
import EventLoop
import FoundationEssentials
import Notifications
import Sales
import ServiceKit
import Testing
import Tickets

/// One convention for all routes, held against what callers read of them.
@Suite struct RouteFormTests {
    /// What of a route is not as everywhere, and why.
    private static let exceptions: [String: String] = whole.merging(others) { first, _ in first }

    /// Lists that are short and come whole.
    private static let whole = Dictionary(
        uniqueKeysWithValues: [
            "/v1/accounts/{id}/owners": "whose one account was",
            "/v1/built-in-roles": "eleven",
            "/v1/caller-card": "who may be calling, from one number",
            "/v1/fields": "what the firm has defined",
            "/v1/ops/dead-letter-groups": "what went wrong, each kind once",
            "/v1/ops/lag": "a partition each",
            "/v1/parties/{id}/consents": "a channel and a purpose each",
            "/v1/parties/{id}/duplicates": "the likeliest only",
            "/v1/parties/{id}/merges": "who was merged into one party",
            "/v1/parties/{id}/relations": "who one party belongs to",
            "/v1/parties/{id}/wallet": "a currency each",
            "/v1/pipeline": "the stages",
            "/v1/quotas": "a person and a month each",
            "/v1/segments": "the groups that there are",
            "/v1/sla-policies": "a priority each",
            "/v1/templates": "those that are built in",
        ].map { ("GET \($0) is a list without limit and after", $1) })

    private static let others = [
        "GET /v1/ops/dead-letter-actions is a list without after": "it goes back in time, by `before`",
        "GET /v1/parties/{id}/history is a list without after": "it goes back in time, by `before`",
        "GET /v1/parties/{id}/referrals is a list without after": "a tree, told whole or cut",
        "POST /surveys/{token} does not take Idempotency-Key": "a page for people; its link is good for one answer",
    ]

    private static let services: [any ServiceDefinition.Type] = [
        ContactsService.self, SalesService.self, CampaignsService.self, TicketsService.self, NotificationsService.self,
        ConsoleService.self,
    ]

    /// Each once, though several services may have it.
    @Loop private static func faults() throws -> Set<String> {
        Set(try services.flatMap { try APIDocument(ServiceDescription($0).openAPI).faults })
    }

    @Test @Loop func everyRouteHasTheFormThatItsKindHas() throws {
        let missing = try Self.faults().filter { Self.exceptions[$0] == nil }
        #expect(missing.isEmpty, "\(missing.sorted().joined(separator: "\n"))")
    }

    @Test @Loop func noExceptionOutlivesItsReason() throws {
        let over = Set(Self.exceptions.keys).subtracting(try Self.faults())
        #expect(over.isEmpty, "Delete of the exceptions:\n\(over.sorted().joined(separator: "\n"))")
    }

    @Test @Loop func noServiceContradictsItself() throws {
        for service in Self.services { #expect(try ServiceDescription(service).faults == []) }
    }

    @Test func aRouteWithoutItsFormIsTold() throws {
        let operation = { (method: String, rest: String) in
            Array(#"{"paths":{"/v1/a":{"\#(method)":{\#(rest)}}},"components":{"schemas":{}}}"#.utf8)
        }
        let json = { (schema: String) in #"{"content":{"application/json":{"schema":\#(schema)}}}"# }
        func faults(_ method: String, _ rest: String) throws -> [String] {
            try APIDocument(operation(method, rest)).faults
        }
        #expect(
            try faults("get", #""responses":{"200":\#(json("{}"))}"#) == ["GET /v1/a does not describe its 200"])
        #expect(try faults("get", #""responses":{"204":{},"400":{}}"#) == [])
        #expect(try faults("get", #""responses":{"400":{}}"#) == ["GET /v1/a never succeeds"])
        #expect(
            try faults("patch", #""responses":{"200":\#(json(#"{"type":"object"}"#))}"#) == [
                "PATCH /v1/a does not take If-Match", "PATCH /v1/a does not refuse with 412",
                "PATCH /v1/a does not refuse with 428",
            ])
        #expect(
            try faults("post", #""responses":{"201":\#(json(#"{"type":"object"}"#))}"#) == [
                "POST /v1/a does not take Idempotency-Key"
            ])
        let list = json(#"{"type":"object","properties":{"items":{"type":"array"}}}"#)
        #expect(
            try faults("get", #""responses":{"200":\#(list)}"#) == [
                "GET /v1/a is a list without limit and after"
            ])
    }
}
