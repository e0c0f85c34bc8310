import Crypto
import EventLoop
import FoundationEssentials
import ServiceKit
import Testing

@testable import Notifications

@Suite struct MailTests {
    private func message(
        _ template: String = "campaign", address: String? = "a@example.com", data: [String: String],
        marketing: Bool = true
    ) -> ClaimedMessage {
        ClaimedMessage(
            id: UUID.v7(), attempt: 1, channel: "mail", address: address, template: template, language: "zh-CN",
            data: data, isMarketing: marketing, createdAt: Date(timeIntervalSince1970: 1_291_191_960),
            isExpired: false, isAddressSuppressed: false, isConsentWithdrawn: false)
    }

    private func text(_ message: ClaimedMessage) throws -> String {
        String(decoding: try Mail(message, MailSettings(Settings([:]))).bytes, as: UTF8.self)
    }

    /// A header as its reader sees it: unfolded, encoded words decoded.
    private func header(_ name: String, _ mail: String) -> String {
        let head = mail.prefix(upTo: mail.firstRange(of: "\n\n")?.lowerBound ?? mail.endIndex)
        let lines = head.replacing("\n ", with: " ").split(separator: "\n")
        let value = lines.first { $0.hasPrefix(name + ": ") }?.dropFirst(name.count + 2) ?? ""
        guard value.hasPrefix("=?") else { return String(value) }
        var bytes: [UInt8] = []
        for word in value.split(separator: " ") {
            bytes += Base64.decode(String(word.dropFirst("=?utf-8?B?".count).dropLast(2))) ?? []
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func aHostOfAnotherScriptIsWrittenInASCII() throws {
        let mail = try Mail(
            message(address: "user@例子.中国", data: ["subject": "s", "body": "b"]), MailSettings(Settings([:])))
        #expect(mail.to == "user@xn--fsqu00a.xn--fiqs8s")
        #expect(throws: DeliveryFailure.self) {
            try Mail(message(address: "用户@例子.中国", data: ["subject": "s", "body": "b"]), MailSettings(Settings([:])))
        }
    }

    @Test func linesOfAnyProgramArePartedInHTML() {
        for end in ["\n", "\r\n", "\r"] {
            let page = HTMLText.page(FilledText(["one", "two", "", "three"].joined(separator: end), [:]), "en")
            #expect(page.contains("<p>one<br>\ntwo</p>\n<p>three</p>"), "\(page)")
        }
    }

    @Test func aLongChineseSubjectSurvives() throws {
        let subject = String(repeating: "冬季大促销🎁", count: 20)
        let mail = try text(message(data: ["subject": subject, "body": "你好"]))
        #expect(header("Subject", mail) == subject)
        #expect(mail.split(separator: "\n").allSatisfy { $0.utf8.count <= 78 })
        #expect(mail.contains("Date: Wed, 01 Dec 2010 08:26:00 +0000\n"))
        #expect(mail.contains(Base64.encode(Array("你好\n".utf8))))
    }

    @Test func noHeaderCanBeBroughtIn() throws {
        let evil = "Hello\r\nBcc: all@example.com\u{2028}X: y"
        let mail = try text(
            message(data: ["subject": evil, "body": "x", "unsubscribe": "https://a.example/x>\r\nBcc: b"]))
        #expect(!mail.contains("\nBcc"))
        #expect(header("Subject", mail) == "Hello  Bcc: all@example.com X: y")
        #expect(header("List-Unsubscribe", mail) == "<mailto:rapport@localhost?subject=unsubscribe>")
        for address in ["a@example.com\r\nBcc: b@example.com", "a b@example.com", "<a@example.com>", "a@b@c", "", nil] {
            #expect(throws: DeliveryFailure.self) { try text(message(address: address, data: [:])) }
        }
    }

    @Test func marketingOffersToUnsubscribe() throws {
        let data = ["subject": "News", "body": "Hi", "unsubscribe": "https://shop.example/u/1.2.3"]
        let mail = try text(message(data: data))
        #expect(
            header("List-Unsubscribe", mail)
                == "<https://shop.example/u/1.2.3>, <mailto:rapport@localhost?subject=unsubscribe>")
        #expect(mail.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\n"))
        #expect(!(try text(message(data: data, marketing: false)).contains("List-Unsubscribe")))
    }

    @Test func templatesFillInOnceAndFallBack() throws {
        #expect(FilledText("{{a}}-{{ b }}-{{c}}-{{", ["a": "{{b}}", "b": "2"]).text == "{{b}}-2--{{")
        // A mark that joins the brace before it hides nothing.
        #expect(FilledText("{{\u{301}a}}{{a}}\u{301}", ["a": "x"]).text == "x\u{301}")
        let template = try #require(Template.all["survey.csat"])
        #expect(template.rendered("zh-TW", fallback: "en", [:]).language == "zh")
        #expect(template.rendered("fr", fallback: "zh", [:]).language == "zh")
        #expect(template.rendered(nil, fallback: "xx", [:]).language == "en")
        let html = template.rendered("en", fallback: "en", ["name": "<b>", "link": "https://a.example/?a=1&b=2"]).html
        #expect(html.contains("Hello &lt;b&gt;"))
        #expect(html.contains("<a href=\"https://a.example/?a=1&amp;b=2\">"))
    }

    /// Whoever chooses a name does not choose where our mails lead.
    @Test func onlyOurOwnAddressesAreLinks() throws {
        let template = try #require(Template.all["survey.csat"])
        let link = "https://a.example/1"
        for name in [
            "http://evil.example", "Ann https://evil.example/x", "http://",
            "https://evil.example\n\nhttps://evil.example",
        ] {
            let html = template.rendered(
                "en", fallback: "en", ["name": name, "subject": "re https://evil.example", "link": link]
            ).html
            #expect(html.split(separator: "<a href=").count == 2 && html.contains("<a href=\"\(link)\">"), "\(html)")
        }
        // A name cannot lengthen an address of ours, nor begin one.
        for (words, data) in [("https://a.example/{{x}}", "@evil.example"), ("{{x}}://evil.example", "https")] {
            let html = HTMLText.page(FilledText(words, ["x": data]), "en")
            #expect(!html.contains("evil.example\">"), "\(html)")
        }
        let body = HTMLText.page(
            FilledText("{{body}}", ["body": "see https://shop.example/a now\nhttp://b.example"]), "en")
        #expect(body.contains("<a href=\"https://shop.example/a\">") && body.contains("<a href=\"http://b.example\">"))
    }

    /// A page of links costs what its letters cost.
    @Test func aPageOfLinksIsMadeAtOnce() {
        let text = FilledText(String(repeating: "http://a ", count: 100_000), [:])
        let clock = ContinuousClock()
        let took = clock.measure { _ = HTMLText.page(text, "en") }
        #expect(took < .seconds(5))
    }

    @Test func pausesGrowAndEnd() {
        let schedule = RetrySchedule()
        #expect(schedule.pause(after: 1, chance: 1) == 10)
        #expect(schedule.pause(after: 1, chance: 0) == 5)
        #expect(schedule.pause(after: 2, chance: 1) == 30)
        #expect(schedule.pause(after: 4, chance: 1) == 270)
        #expect(schedule.pause(after: 11, chance: 1) == 14_400)
        #expect(schedule.pause(after: 12) == nil)
    }
}
