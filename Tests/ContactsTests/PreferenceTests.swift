import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import ServiceKit
import ServiceTestKit
import Testing

@testable import Contacts

@Suite struct PreferenceTests {
    @Test @Loop func aSignedLinkOpensThePageInBothLanguagesAndEachDecisionIsKept() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let id = try await service.make("/v1/parties", #"{"name":"王小明"}"#)
        struct Link: Decodable { let link: String }
        let link = try await service.send(.post, "/v1/parties/\(id.text)/preference-link").json(Link.self).link
        let path = "/preferences/\(link.split(separator: "/").last ?? "")"
        let chinese = try await service.send(.get, path, headers: ["accept-language": "zh-CN"])
        #expect(chinese.status == 200 && chinese.text.contains("您的偏好设置") && !chinese.text.contains("checked"))
        #expect(chinese.text.contains("王小明</span>，您想收到什么？") && chinese.text.contains("微信"))
        let english = try await service.send(.get, path + "?lang=en", headers: ["accept-language": "zh-CN"])
        #expect(english.text.contains("Your preferences") && english.text.contains(#"action="?lang=en""#))
        let form = ["content-type": "application/x-www-form-urlencoded"]
        let saved = try await service.send(.post, path, "mail.marketing=yes", headers: form)
        #expect(saved.status == 200, "\(saved.text)")
        #expect(saved.text.contains("Saved.") && saved.text.contains(#"name="mail.marketing" value="yes" checked"#))
        _ = try await service.send(.post, path, "sms.marketing=yes", headers: form)
        let kept = try await service.column(
            """
            SELECT channel || ' ' || purpose || ' ' || granted FROM consent_decision
            WHERE source = 'preference centre' AND proof IS NOT NULL ORDER BY id
            """)
        // One form's decisions are made at once, in no order.
        let first = Set([
            "mail marketing true", "sms marketing false", "phone marketing false", "post marketing false",
            "wechat marketing false", "mail profiling false",
        ])
        #expect(Set(kept.prefix(6)) == first)
        #expect(Set(kept.dropFirst(6)) == ["mail marketing false", "sms marketing true"])
        let click = try await service.send(.post, path, "List-Unsubscribe=One-Click", headers: form)
        #expect(click.status == 200)
        let last = "SELECT channel || purpose || granted FROM consent_decision WHERE source = 'one click'"
        #expect(try await service.column(last) == ["mailmarketingfalse"], "and nothing else is said")
        let wrong = try await service.send(.get, path + "x", headers: ["accept-language": "zh"])
        #expect(wrong.status == 404 && wrong.text.contains("<h1>链接无效</h1>"), "a page for people: \(wrong.text)")
        #expect(try await service.send(.post, "/preferences/x", "mail.marketing=yes", headers: form).status == 404)
        #expect(try await service.faultsOfEvents() == [])
    }

    @Loop private func path(_ service: TestService, _ party: UUID, _ query: String = "") async throws -> String {
        struct Link: Decodable { let link: String }
        let link = try await service.send(.post, "/v1/parties/\(party.text)/preference-link\(query)").json(Link.self)
            .link
        return "/preferences/\(link.split(separator: "/").last ?? "")"
    }

    /// One click takes back what the link was sent for, and the button on the page all offers.
    @Test @Loop func oneClickTakesBackWhatTheLinkWasSentFor() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let form = ["content-type": "application/x-www-form-urlencoded"]
        func said(_ party: UUID) async throws -> [String] {
            try await service.column(
                """
                SELECT channel || ' ' || purpose || ' ' || granted FROM consent_effective WHERE party_id = '\(party)' ORDER BY 1
                """)
        }
        for (query, expected) in [
            ("", "mail marketing false"), ("?channel=sms", "sms marketing false"),
            ("?channel=wechat&purpose=service", "wechat service false"),
        ] {
            let party = try await service.make("/v1/parties", #"{"name":"Ann"}"#)
            let path = try await path(service, party, query)
            #expect(try await service.send(.post, path, "List-Unsubscribe=One-Click", headers: form).status == 200)
            #expect(try await said(party) == [expected], "and nothing else is said")
        }
        #expect(
            try await service.send(
                .post,
                "/v1/parties/\(try await service.make("/v1/parties", #"{"name":"B"}"#))/preference-link?channel=fax"
            ).status == 400)
        let party = try await service.make("/v1/parties", #"{"name":"Bob"}"#)
        let path = try await path(service, party)
        _ = try await service.send(.post, path, "mail.marketing=yes&mail.profiling=yes", headers: form)
        let end = try await service.send(.post, path, "stop=all", headers: form)
        #expect(end.status == 200 && end.text.contains("Saved."))
        #expect(try await said(party).filter { $0.hasSuffix("true") } == ["mail profiling true"])
        #expect(try await service.faultsOfEvents() == [])
    }

    /// A link of before said nothing of what it was sent for: it was for offers by mail.
    @Test @Loop func aLinkOfBeforeGoesOnWorking() async throws {
        let service = try await TestService(ContactsService.self, settings: ["PREFERENCES_SECRET": "s"])
        defer { service.close() }
        let party = try await service.make("/v1/parties", #"{"name":"Ann"}"#)
        let token = SignedToken(key: Array("s".utf8), purpose: "consent.preferences").make(
            party.text, expires: Date().addingTimeInterval(1000))
        #expect(try await service.send(.get, "/preferences/\(token)").status == 200)
    }

    @Test @Loop func channelsAreAListOfTheFirms() async throws {
        let service = try await TestService(ContactsService.self, settings: ["CHANNELS": "mail, line=LINE <tv>"])
        defer { service.close() }
        let party = try await service.make("/v1/parties", #"{"name":"Ann"}"#)
        let page = try await service.send(.get, try await path(service, party)).text
        #expect(page.contains("Offers by LINE &lt;tv&gt;") && !page.contains("sms"), "\(page)")
        func decide(_ channel: String) async throws -> Int {
            try await service.send(
                .put, "/v1/parties/\(party)/consents",
                #"{"channel":"\#(channel)","purpose":"marketing","granted":true}"#
            ).status
        }
        #expect(try await decide("line") == 200)
        #expect(try await decide("sms") == 400)
    }

    @Test(arguments: ["", "sms", "mail,mail", "mail,Not A Name", "mail,=x"])
    func aListOfChannelsWithoutSenseIsRefused(_ text: String) { #expect(Channels(text) == nil) }

    @Test @Loop func aRevokedLinkWorksNoMoreAndTheNextOneDoes() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let id = try await service.make("/v1/parties", #"{"name":"Ann"}"#)
        let address = "/v1/parties/\(id.text)/preference-link"
        struct Link: Decodable { let link: String }
        @Loop func page() async throws -> String {
            "/preferences/\(try await service.send(.post, address).json(Link.self).link.split(separator: "/").last ?? "")"
        }
        let first = try await page()
        #expect(try await service.send(.get, first).status == 200)
        #expect(try await service.send(.delete, address).status == 204)
        let second = try await page()
        #expect(try await service.send(.get, first).status == 410)
        #expect(
            try await service.send(
                .post, first, "mail.marketing=yes", headers: ["content-type": "application/x-www-form-urlencoded"]
            ).status == 410)
        #expect(try await service.send(.get, second).status == 200)
        #expect(try await service.send(.delete, address).status == 204)
        #expect(try await service.send(.get, second).status == 410)
        #expect(try await service.send(.delete, "/v1/parties/\(UUID())/preference-link").status == 404)
    }
}
