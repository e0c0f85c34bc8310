import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import ServiceKit
import ServiceTestKit
import Testing

@testable import Console

@Suite struct PageTests {
    @Test @Loop func whoIsNotInIsLedToWhereOneDoes() async throws {
        let service = try await TestService(ConsoleService.self, settings: Desk.settings)
        defer { service.close() }
        for path in ["/", "/people", "/me", "/roles", "/teams"] {
            let answer = try await service.send(.get, path)
            #expect(answer.status == 303 && answer.headers["location"] == "/sign-in", "\(path)")
        }
        let page = try await service.send(.get, "/sign-in")
        #expect(page.status == 200 && page.text.contains("Sign in") && page.text.contains("lang=\"en\""))
        #expect(page.headers["content-security-policy"]?.contains("default-src 'none'") == true)
        // What script there is comes from here, in a file.
        let own = page.text.replacing("<script type=\"module\" src=\"/assets/", with: "")
        #expect(!page.text.contains("style=") && !own.contains("<script"))
        let chinese = try await service.send(.get, "/sign-in", headers: ["accept-language": "zh-CN,zh;q=0.9"])
        #expect(chinese.text.contains("登录") && chinese.text.contains("lang=\"zh-Hans\""))
        let chosen = try await service.form("/language", ["language": "zh"])
        #expect(try await service.send(.get, "/sign-in", headers: ["cookie": chosen.cookies]).text.contains("登录"))
        let style = try await service.send(.get, PageStyle.path)
        #expect(style.headers["content-type"] == "text/css; charset=utf-8")
    }

    /// Every page and every form behind a session leads to where one signs in, and does nothing.
    @Test @Loop func nothingBehindASessionIsThereWithoutOne() async throws {
        let desk = try await Desk()
        defer { desk.close() }
        let routes = desk.service.parts.routes.filter { $0.access == .link("session") }
        #expect(routes.count > 25)
        let before = try await desk.service.column("SELECT count(*)::text FROM audit")
        for route in routes {
            let path = route.path.split(separator: "/", omittingEmptySubsequences: false)
                .map { $0.hasPrefix("{") ? desk.administrator.text : String($0) }.joined(separator: "/")
            let answer = try await desk.service.send(
                route.method, path, route.method == .post ? "x=1" : "",
                headers: route.method == .post ? ["content-type": "application/x-www-form-urlencoded"] : [:])
            let isLed = answer.status == 303 && answer.headers["location"] == "/sign-in"
            #expect(isLed || answer.status == 401, "\(route.method.rawValue) \(route.path): \(answer.status)")
        }
        #expect(try await desk.service.column("SELECT count(*)::text FROM audit") == before)
    }

    @Test @Loop func aPageFromElsewhereSendsNothingHere() async throws {
        let desk = try await Desk()
        defer { desk.close() }
        let body = "email=ada%40x.example&password=x"
        let form = ["content-type": "application/x-www-form-urlencoded"]
        for foreign in [
            ["sec-fetch-site": "cross-site"], ["sec-fetch-site": "same-site"], ["origin": "https://evil.example"],
            ["origin": "null"],
        ] {
            let answer = try await desk.service.send(.post, "/sign-in", body, headers: form.merging(foreign) { $1 })
            #expect(answer.status == 403, "\(foreign)")
        }
        let own = try await desk.service.send(
            .post, "/sign-in", body, headers: form.merging(["origin": "http://localhost"]) { $1 })
        #expect(own.status == 401)
    }

    @Test @Loop func whatOneMayNotIsNotShown() async throws {
        let desk = try await Desk()
        defer { desk.close() }
        let service = desk.service
        let bo = try await desk.person("Bo <b>", "bo@x.example", roles: ["agent"])
        let cookie = try await desk.browser("bo@x.example")
        let people = try await service.send(.get, "/people", headers: ["cookie": cookie])
        #expect(people.status == 200 && people.text.contains("Bo &lt;b&gt;") && !people.text.contains("Bo <b>"))
        #expect(!people.text.contains("Add a person") && !people.text.contains("/roles\""))
        #expect(try await service.send(.get, "/roles", headers: ["cookie": cookie]).status == 403)
        for (path, fields) in [
            ("/people", ["name": "X", "email": "x@x.example"]), ("/people/\(bo)/roles", ["role-administrator": "on"]),
            ("/people/\(desk.administrator)/end", [:]), ("/people/\(desk.administrator)/link", [:]),
        ] {
            #expect(try await service.form(path, fields, cookie: cookie).status == 403, "\(path)")
        }
        let roles = try await service.column("SELECT array_to_string(roles, ' ') FROM person WHERE id = '\(bo)'")
        #expect(roles == ["agent"])
    }

    /// Whatever is refused, a Chinese page says it in Chinese.
    @Test @Loop func refusalsAreInTheReadersLanguage() async throws {
        let desk = try await Desk()
        defer { desk.close() }
        for (path, said) in [("/welcome/none", "此链接已使用过，或已过期。"), ("/sign-in/elsewhere", "没有设置企业登录。")] {
            let page = try await desk.service.send(.get, path, headers: ["accept-language": "zh-CN"])
            #expect(page.status >= 400 && page.text.contains("<p>\(said)</p>"), "\(page.text)")
        }
    }

    /// A line end of a form is two scalars and one Character.
    @Test @Loop func skillsArePartedByCommasOfEitherScriptAndLineEnds() async throws {
        let desk = try await Desk()
        defer { desk.close() }
        let fields = ["name": "Li", "email": "li@x.example", "skills": "valves\r\n日语、pumps,glass"]
        #expect(try await desk.service.form("/people", fields, cookie: try await desk.browser()).status == 303)
        let skills = try await desk.service.column(
            "SELECT array_to_string(skills, '|') FROM person WHERE email = 'li@x.example'")
        #expect(skills == ["valves|日语|pumps|glass"])
    }

    @Test @Loop func anAdministratorLetsSomebodyIn() async throws {
        let desk = try await Desk()
        defer { desk.close() }
        let service = desk.service
        let cookie = try await desk.browser()
        let wrong = try await service.form("/people", ["name": "Li", "email": "no address"], cookie: cookie)
        #expect(wrong.status == 422 && wrong.text.contains("aria-invalid"))
        let taken = try await service.form("/people", ["name": "Li", "email": "ada@x.example"], cookie: cookie)
        #expect(taken.status == 422 && taken.text.contains("Somebody has this address already."))
        let added = try await service.form("/people", ["name": "李静", "email": "li@x.example"], cookie: cookie)
        let path = try #require(added.headers["location"])
        #expect(try await service.form(path + "/roles", ["role-representative": "on"], cookie: cookie).status == 303)
        let linked = try await service.form(path + "/link", [:], cookie: cookie)
        let start = try #require(linked.text.firstRange(of: "/welcome/"))
        let link = "/welcome/" + linked.text[start.upperBound...].prefix { $0 != "<" }
        let welcome = try await service.send(.get, link)
        #expect(welcome.status == 200 && welcome.text.contains("李静") && welcome.text.contains("li@x.example"))
        #expect(try await service.form(link, ["password": Desk.password]).status == 303)
        let page = try await service.send(.get, path, headers: ["cookie": cookie])
        #expect(page.text.contains("Sales representative") && page.text.contains("checked"))
        #expect(try await service.form(path + "/end", [:], cookie: cookie).status == 303)
        #expect(try await desk.signIn("li@x.example").status == 401)
    }

    @Test @Loop func onesOwnAccountIsOnesOwn() async throws {
        let desk = try await Desk()
        defer { desk.close() }
        let service = desk.service
        let cookie = try await desk.browser()
        func token(_ secret: String) async throws -> Int {
            try await service.send(.post, "/v1/tokens", headers: ["authorization": "Bearer \(secret)"]).status
        }
        let fields = ["language": "zh", "zone": "Asia/Shanghai"]
        #expect(try await service.form("/me", fields, cookie: cookie).status == 303)
        #expect(try await service.send(.get, "/me", headers: ["cookie": cookie]).text.contains("我的账户"))
        #expect(try await service.form("/me", ["language": "en", "zone": "Nowhere"], cookie: cookie).status == 400)
        let other = try await desk.signIn("ada@x.example").json(Desk.Begun.self)
        let wrong = try await service.form(
            "/me/password", ["old": "not this one", "password": "another long password"], cookie: cookie)
        #expect(wrong.status == 401)
        let changed = try await service.form(
            "/me/password", ["old": Desk.password, "password": "another long password"], cookie: cookie)
        #expect(changed.status == 303)
        #expect(try await token(other.secret) == 401, "other sessions end")
        #expect(try await desk.signIn("ada@x.example").status == 401)
        // Sessions of others are not ended by knowing their ids.
        _ = try await desk.person("Bo", "bo@x.example")
        let bo = try await desk.signIn("bo@x.example").json(Desk.Begun.self)
        _ = try await service.form("/me/sessions/end", ["id": bo.session.uuidString], cookie: cookie)
        #expect(try await token(bo.secret) == 200)
        #expect(try await service.form("/sign-out", [:], cookie: cookie).status == 303)
        #expect(try await service.send(.get, "/me", headers: ["cookie": cookie]).status == 303)
    }
}
