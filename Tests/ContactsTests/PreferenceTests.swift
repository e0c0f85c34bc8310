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
        #expect(!chinese.text.contains("王小明"))
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
        #expect(
            kept == [
                "mail marketing true", "sms marketing false", "phone marketing false", "post marketing false",
                "mail profiling false", "mail marketing false", "sms marketing true",
            ])
        let click = try await service.send(.post, path, "List-Unsubscribe=One-Click", headers: form)
        #expect(click.status == 200)
        let last = "SELECT channel || purpose || granted FROM consent_decision WHERE source = 'one click'"
        #expect(try await service.column(last) == ["mailmarketingfalse"], "and nothing else is said")
        #expect(try await service.send(.get, path + "x").status == 404)
        #expect(try await service.send(.post, "/preferences/x", "mail.marketing=yes", headers: form).status == 404)
        #expect(try await service.faultsOfEvents() == [])
    }
}
