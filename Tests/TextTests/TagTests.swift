import Testing

@testable import Text

@Suite struct TagTests {
    @Test(arguments: [
        ("zh-cn", "zh-CN"), ("ZH_hans_cn", "zh-Hans-CN"), ("en", "en"), ("sl-rozaj-biske", "sl-rozaj-biske"),
        ("de-CH-1996", "de-CH-1996"), ("es-419", "es-419"), ("x-klingon", "x-klingon"), ("zh-yue-HK", "zh-yue-HK"),
        ("en-u-ca-buddhist", "en-u-ca-buddhist"), ("中文", "zh"), (" English ", "en"), ("i", nil), ("e", nil), ("", nil),
        ("en--US", nil), ("en-", nil), ("englishmanly", nil), ("12", nil), ("en-x", nil), ("en-US-US", nil),
        ("日本語", nil),
        ("en\0", nil), ("e!", nil),
    ])
    func languagesAreTagsInOneWriting(_ text: String, _ tag: String?) {
        #expect(LanguageTag.normal(text) == tag)
    }

    @Test(arguments: [
        ("Asia/Shanghai", true), ("UTC", true), ("America/Argentina/Buenos_Aires", true), ("Etc/GMT-8", true),
        ("PRC", true),
        ("asia/shanghai", false), ("Asia/Nowhere", false), ("Asia", false), ("../../etc/passwd", false),
        ("Asia/", false),
        ("/UTC", false), ("posix/UTC", false), ("zone.tab", false), ("tzdata.zi", false), ("+08:00", false),
        ("", false),
        ("UTC\0", false), ("CST+8:30", false), ("localtime", false),
    ])
    func timeZonesAreThoseOfTheDatabase(_ text: String, _ isKnown: Bool) {
        #expect((TimeZoneName.normal(text) != nil) == isKnown)
    }

    @Test func theDistanceFromUTCOfACardBecomesTheZoneOfThatName() {
        let zones = ["+0800", "-05:00", "+05:30", "Asia/Tokyo", "Raleigh/North America", "+08"]
        #expect(zones.map(TimeZoneName.ofCard) == ["Etc/GMT-8", "Etc/GMT+5", "", "Asia/Tokyo", "", "Etc/GMT-8"])
    }

    @Test func spaceAroundATextIsTakenAway() {
        #expect(" \t王 小明\u{3000}\n".trimmed == "王 小明" && " \r\n".trimmed.isEmpty && "a".trimmed == "a")
    }

    @Test(arguments: [
        (" Ann@Mail.Example", "Ann@mail.example"), ("a@b", nil), ("@b.c", nil), ("a b@c.d", nil), ("a@b.c.", nil),
        // What nothing can be sent to, and what can though it looks odd.
        ("mailto:x@disp.example", nil), ("a@b@c.example", nil), ("a..b@dots.example", nil), ("a@x..example", nil),
        ("a@-x.example", nil), ("a(b)@q.example", nil), ("a\u{200B}@z.example", nil), ("a@127.0.0.1", nil),
        (".a@b.example", nil),
        ("a@b_c.example", nil), ("user@例子.中国", "user@例子.中国"), ("user@xn--fsqu00a.xn--fiqs8s", "user@例子.中国"),
        ("用户@例子.中国", "用户@例子.中国"), ("\"john.doe\"@q.example", "john.doe@q.example"),
        ("o'neil+x=y@b.example", "o'neil+x=y@b.example"),
        ("a@BÜCHER.example", "a@bücher.example"), ("a@bu\u{308}cher.example", "a@bücher.example"),
    ])
    func mailAddressesHaveOneWriting(_ text: String, _ stored: String?) {
        #expect(MailAddress.normal(text) == stored)
    }

    @Test func anEnvelopeHasTheHostInASCII() {
        #expect(MailAddress.envelope("user@例子.中国") == "user@xn--fsqu00a.xn--fiqs8s")
        #expect(MailAddress.envelope("用户@例子.中国") == nil && MailAddress.envelope("a@b.example") == "a@b.example")
    }

    @Test func mailAddressesAreAlikeWithoutCaseAndPurpose() {
        #expect(MailAddress.alike("Ann+shop@Mail.Example") == MailAddress.alike("ann@mail.example"))
    }
}
