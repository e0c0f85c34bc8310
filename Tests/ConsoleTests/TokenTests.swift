import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import ServiceKit
import ServiceTestKit
import Testing

@testable import Console

/// A service that knows of people what the console tells.
private enum Elsewhere: ServiceDefinition {
    static let name = "elsewhere"
    static let topic = Topic.sales
    static let personalData: PersonalData? = nil
    static let capabilities: [Capability] = [.directory]
}

@Suite struct TokenTests {
    @Test @Loop func everyStatementFitsTheSchema() async throws {
        let service = try await TestService(Elsewhere.self)
        defer { service.close() }
        try await service.prepareAll(of: Elsewhere.self)
    }

    @Test @Loop func aTokenIsCheckedElsewhereByWhatTheTopicTells() async throws {
        let desk = try await Desk()
        defer { desk.close() }
        let elsewhere = try await TestService(Elsewhere.self)
        defer { elsewhere.close() }
        let tokens = elsewhere.context.shared(PersonTokens.init)
        let person = try await desk.person("Bo", "bo@x.example", roles: ["analyst", "representative"])
        let token = try await desk.signIn("bo@x.example").json(Desk.Begun.self).token
        try await tokens.look()
        #expect(throws: Problem.self, "no keys are known yet") { try tokens.principal(of: token) }
        try await elsewhere.past(desk.service.told())
        try await tokens.look()
        let principal = try #require(try tokens.principal(of: token))
        #expect(principal.kind == .person && principal.id == "person:\(person.text)" && principal.name == "Bo")
        func may(_ right: String) -> Bool { Right(right).map { principal.rights.contains($0) } ?? false }
        #expect(may("parties.read") && may("exports.export") && !may("people.configure"))
        // The representative's rights reach own things only, and nothing here can hold that part.
        #expect(!may("leads.change"))
        #expect(try tokens.principal(of: "4f1c9a02") == nil, "a key is none of its concern")
        #expect(throws: Problem.self) { try tokens.principal(of: token, at: Date().addingTimeInterval(640)) }
        #expect(throws: Problem.self) { try tokens.principal(of: token + "x") }
        // Who has left is refused as soon as that is heard.
        _ = try await desk.service.send(.post, "/v1/people/\(person)/end")
        try await elsewhere.past(desk.service.told())
        try await tokens.look()
        #expect(throws: Problem.self) { try tokens.principal(of: token) }
    }

    @Test @Loop func anotherLifeKnowsTheDirectoryAndLetsAnAdministratorInAnew() async throws {
        let desk = try await Desk()
        let team = try await desk.service.make("/v1/teams", #"{"name":"Key accounts"}"#)
        let person = try await desk.service.make(
            "/v1/people", #"{"name":"Bo","email":"bo@x.example","teams":["\#(team)"],"skills":["valves"]}"#)
        let shown = try await desk.service.send(.get, "/v1/people/\(person)").json(Shown.self)
        let told = try await desk.service.told()
        desk.close()
        let service = try await TestService(ConsoleService.self, settings: Desk.settings)
        defer { service.close() }
        try await service.beginLife("empty", after: told)
        #expect(try await service.send(.get, "/v1/people/\(person)").json(Shown.self) == shown)
        #expect(try await service.column("SELECT name FROM team") == ["Key accounts"])
        let link = try await service.send(.post, "/v1/first-link").json(Desk.Link.self)
        #expect(link.personId == desk.administrator, "the one there was, who has no password any more")
        #expect(try await service.form(link.path, ["password": "another long password"]).status == 303)
    }

    private struct Shown: Decodable, Equatable {
        let id: UUID
        let version: Int
        let name: String
        let email: String?
        let teams: [UUID]
        let skills: [String]
    }
}
