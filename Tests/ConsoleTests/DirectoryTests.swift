import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import ServiceTestKit
import Testing

@testable import Console

@Suite struct DirectoryTests {
    @Test @Loop func everyStatementFitsTheSchema() async throws {
        let service = try await TestService(ConsoleService.self)
        defer { service.close() }
        try await service.prepareAll(of: ConsoleService.self)
    }

    @Test @Loop func aPersonIsToldWholeAtEachChange() async throws {
        let service = try await TestService(ConsoleService.self)
        defer { service.close() }
        let north = try await service.make("/v1/territories", #"{"name":"North"}"#)
        let team = try await service.make("/v1/teams", #"{"name":"Key accounts"}"#)
        let person = try await service.make(
            "/v1/people",
            """
            {"name":"王芳","email":"Wang@x.example","teams":["\(team)"],"territories":["\(north)","\(north)"],
            "skills":["valves","日语"],"capacity":12,"language":"zh","zone":"Asia/Shanghai"}
            """)
        let path = "/v1/people/\(person)"
        let seen = try await service.seen(path)
        let changed = try await service.send(.patch, path, #"{"skills":[],"title":"Engineer"}"#, headers: seen)
        #expect(changed.status == 200 && changed.text.contains(#""skills" : []"#), "\(changed.text)")
        #expect(try await service.send(.get, path).text == changed.text)
        #expect(
            try await service.outboxTypes() == [
                "people.territory.changed.v1", "people.team.changed.v1", "people.person.changed.v1",
                "people.person.changed.v1",
            ])
        let told = try await service.column("SELECT payload FROM outbox WHERE type LIKE 'people.person%' ORDER BY id")
        let states = try told.map { try ModelJSON.decoder.decode(PersonChanged.self, from: Data($0.utf8)).person }
        #expect(states[0].skills == ["valves", "日语"] && states[1].skills == [] && states[1].title == "Engineer")
        #expect(states[1].territories == [north] && states[1].teams == [team] && states[1].capacity == 12)
        #expect(told[0].contains(team.uuidString.lowercased()), "ids are told in lower case")
        #expect(try await service.faultsOfEvents() == [])
        #expect(try await service.send(.get, "/v1/people?team=\(team)&q=wang").text.contains("王芳"))
        #expect(try await service.send(.get, "/v1/people?q=w_ng").text.contains("王芳") == false)
    }

    @Test(arguments: [
        (#"{"name":"A","teams":["0190d4f0-0000-7000-8000-000000000001"]}"#, 422, "teams"),
        (#"{"name":"A","territories":["0190d4f0-0000-7000-8000-000000000001"]}"#, 422, "territories"),
        (#"{"name":"A","managerId":"0190d4f0-0000-7000-8000-000000000001"}"#, 422, "managerId"),
        (#"{"name":"A","zone":"Mars/Olympus"}"#, 400, "zone"), (#"{"name":"A","language":"fr"}"#, 400, "language"),
        (#"{"name":"A","roles":["administrator"]}"#, 400, "roles"), (#"{"name":"A","status":"ended"}"#, 400, "status"),
        (#"{"name":"A","skills":[""]}"#, 400, "skills[0]"), (#"{"name":"A","skills":["a\u001fb"]}"#, 400, "skills[0]"),
        (#"{"name":"A","capacity":-1}"#, 400, "capacity"), (#"{"email":"a@b.example"}"#, 400, "name"),
    ])
    @Loop func whatIsWrongIsNamed(_ body: String, _ status: Int, _ field: String) async throws {
        let service = try await TestService(ConsoleService.self)
        defer { service.close() }
        let answer = try await service.send(.post, "/v1/people", body)
        #expect(answer.status == status && answer.text.contains("\"\(field)\""), "\(answer.text)")
        #expect(try await service.outboxTypes() == [])
    }

    @Test @Loop func nobodyReportsToHimselfAndNoTreeHasALoop() async throws {
        let service = try await TestService(ConsoleService.self)
        defer { service.close() }
        for (path, parent) in [("people", "managerId"), ("teams", "parentId"), ("territories", "parentId")] {
            let top = try await service.make("/v1/\(path)", #"{"name":"top"}"#)
            let middle = try await service.make("/v1/\(path)", #"{"name":"middle","\#(parent)":"\#(top)"}"#)
            let bottom = try await service.make("/v1/\(path)", #"{"name":"bottom","\#(parent)":"\#(middle)"}"#)
            for below in [top, middle, bottom] {
                let refused = try await service.send(
                    .patch, "/v1/\(path)/\(top)", #"{"\#(parent)":"\#(below)"}"#, headers: ["if-match": "\"1\""])
                #expect(refused.status == 422, "\(path): \(refused.text)")
            }
            let moved = try await service.send(
                .patch, "/v1/\(path)/\(bottom)", #"{"\#(parent)":"\#(top)"}"#, headers: ["if-match": "\"1\""])
            #expect(moved.status == 200, "\(moved.text)")
        }
    }

    /// Two at a time could each put the other below itself.
    @Test @Loop func noLoopComesOfTwoAtATime() async throws {
        let service = try await TestService(ConsoleService.self)
        defer { service.close() }
        for _ in 0..<10 {
            let a = try await service.make("/v1/territories", #"{"name":"a"}"#)
            let b = try await service.make("/v1/territories", #"{"name":"b"}"#)
            async let first = service.send(
                .patch, "/v1/territories/\(a)", #"{"parentId":"\#(b)"}"#, headers: ["if-match": "\"1\""])
            async let second = service.send(
                .patch, "/v1/territories/\(b)", #"{"parentId":"\#(a)"}"#, headers: ["if-match": "\"1\""])
            #expect(try await [first.status, second.status].sorted() == [200, 422])
        }
    }

    @Test @Loop func anAddressIsFreeAgainWhenItsOwnerHasLeft() async throws {
        let service = try await TestService(ConsoleService.self)
        defer { service.close() }
        let first = try await service.make("/v1/people", #"{"name":"A","email":"a@x.example"}"#)
        #expect(try await service.send(.post, "/v1/people", #"{"name":"B","email":"A@X.example"}"#).status == 409)
        #expect(try await service.send(.post, "/v1/people/\(first)/end").status == 200)
        _ = try await service.make("/v1/people", #"{"name":"B","email":"A@X.example"}"#)
        #expect(try await service.send(.post, "/v1/people/\(first)/take-back").status == 409)
    }

    @Test @Loop func rolesAreGivenByACommandAndTheLastAdministratorStays() async throws {
        let service = try await TestService(ConsoleService.self)
        defer { service.close() }
        let person = try await service.make("/v1/people", #"{"name":"A"}"#)
        let other = try await service.make("/v1/people", #"{"name":"B"}"#)
        _ = try await service.make("/v1/roles", #"{"name":"key-accounts","rights":["leads.read","parties.*"]}"#)
        func grant(_ id: UUID, _ roles: String) async throws -> Int {
            try await service.send(.post, "/v1/people/\(id)/roles", #"{"roles":[\#(roles)]}"#).status
        }
        #expect(try await grant(person, #""nothing""#) == 422)
        #expect(try await grant(person, #""administrator","key-accounts""#) == 200)
        #expect(try await grant(person, #""key-accounts""#) == 409)
        #expect(try await service.send(.post, "/v1/people/\(person)/end").status == 409)
        #expect(try await grant(other, #""administrator""#) == 200)
        #expect(try await service.send(.post, "/v1/people/\(person)/end").status == 200)
        #expect(try await grant(person, "") == 409, "who has left gets no role")
    }

    @Test(arguments: [
        (#"{"name":"administrator","rights":[]}"#, 409), (#"{"name":"Key Accounts","rights":[]}"#, 400),
        (#"{"name":"a","rights":["leads"]}"#, 400), (#"{"name":"a","rights":["leads.read.all"]}"#, 400),
        (#"{"name":"a","rights":["Leads.read"]}"#, 400), (#"{"name":"a","rights":["*.read","leads.*"]}"#, 201),
    ])
    @Loop func aRoleSaysRights(_ body: String, _ status: Int) async throws {
        let service = try await TestService(ConsoleService.self)
        defer { service.close() }
        let answer = try await service.send(.post, "/v1/roles", body)
        #expect(answer.status == status, "\(answer.text)")
    }

    @Test @Loop func absencesHaveAnOrderAndNameWhoIsThere() async throws {
        let service = try await TestService(ConsoleService.self)
        defer { service.close() }
        let person = try await service.make("/v1/people", #"{"name":"A"}"#)
        let other = try await service.make("/v1/people", #"{"name":"B"}"#)
        func absence(_ more: String) async throws -> Int {
            try await service.send(.post, "/v1/absences", #"{"personId":"\#(person)",\#(more)}"#).status
        }
        #expect(try await absence(#""from":"2026-12-01","until":"2026-11-30""#) == 400)
        #expect(try await absence(#""from":"2026-12-01","until":"2026-12-24","substituteId":"\#(person)""#) == 400)
        #expect(try await absence(#""from":"2026-12-01","until":"2026-12-24","substituteId":"\#(UUID())""#) == 422)
        #expect(try await absence(#""from":"2026-12-01","until":"2026-12-24","substituteId":"\#(other)""#) == 201)
        let told = try await service.column("SELECT payload FROM outbox WHERE type LIKE 'people.absence%'")
        let state = try ModelJSON.decoder.decode(AbsenceChanged.self, from: Data(told[0].utf8)).absence
        #expect(state.from.text == "2026-12-01" && state.substituteId == other)
    }

    @Test func builtInRolesNameRightsThatThereAre() throws {
        for role in BuiltInRole.all { _ = try RightSet(named: role.rights) }
        let reader = Rights(["*.read", "leads.change:own", "of.tomorrow"])
        #expect(reader.allow("parties.read") && reader.allow("leads.change") && !reader.allow("parties.change"))
        #expect(!reader.allow("audit.export") && !reader.allow("people.configure") && !reader.allow("*"))
        for role in BuiltInRole.all where role.name != "administrator" {
            let rights = Rights(role.rights)
            for right in ["people.configure", "roles.configure", "sessions.configure", "sign-in.operate"] {
                #expect(!rights.allow(right) || role.name == "operator" && right == "sign-in.operate", "\(role.name)")
            }
        }
    }
}
