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
        #expect(chinese.text.contains("尊敬的") && chinese.text.contains("王小明") && chinese.text.contains("微信"))
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
}
