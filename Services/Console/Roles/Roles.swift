import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import ServiceKit

extension Capability {
    /// What those may who have them.
    static let roles = Capability(
        "roles", "what those may who have them", migrations: [RoleStore.migration],
        statements: RoleState.kept.statements + RoleStore.statements, records: [RoleState.record],
        standings: [.own("role")]
    ) { context in
        let kept = RoleState.kept
        return CapabilityParts(
            routes: roleRoutes(context), recovers: { kept.recover(&$0) },
            tellsAgain: { try await kept.tellAgain($0, in: $1) })
    }
}

@Loop
private func roleRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .get, "/v1/built-in-roles", "The roles that every firm has", tag: "roles", access: .read,
            gives: .json(.items(shownBuiltIn))
        ) { _ in
            try Response(.ok, json: ["items": BuiltInRole.all.map(ShownBuiltIn.init)])
        }
    ]
        + RoleState.kept.routes(context, "The firm's own roles").map { route in
            // Who holds a role could else give himself more by it.
            route.access == .change ? route.with(access: .configure) : route
        }
}

private struct ShownBuiltIn: Encodable {
    let name: String
    let title: [String: String]
    let rights: [String]
    let scope: String

    init(_ role: BuiltInRole) {
        name = role.name
        title = ["en": role.title.english, "zh": role.title.chinese]
        rights = role.rights
        scope = role.scope
    }
}

private let shownBuiltIn = Schema.object([
    .init("name", .string), .init("title", .object([.init("en", .string), .init("zh", .string)])),
    .init("rights", .array(.string)), .init("scope", .enumeration(RoleState.scopes)),
])
