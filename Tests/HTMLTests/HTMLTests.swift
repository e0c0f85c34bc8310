import HTML
import Testing

@Suite struct HTMLTests {
    @Test func whatPeopleWroteStaysText() {
        let hostile = #"<script>alert("1")</script> & 'x' \#0"#
        let page = HTML.element("p", [.text("title", hostile)], [HTML(hostile)])
        let text = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39; "
        #expect(page.markup == "<p title=\"\(text)\u{FFFD}\">\(text)\u{FFFD}</p>")
        #expect(HTML("王芳 says é").markup == "王芳 says é")
    }

    @Test(arguments: [
        ("/people/1?a=b&c", "/people/1?a=b&amp;c"), ("https://x.example/\"", "https://x.example/&quot;"),
        ("#top", "#top"),
        ("javascript:alert(1)", "#"), ("JavaScript:alert(1)", "#"), ("data:text/html,x", "#"), ("//evil.example", "#"),
        ("/\\evil.example", "#"), (" javascript:x", "#"), ("", "#"),
    ])
    func aLinkLeadsNowhereElse(_ address: String, _ written: String) {
        #expect(HTML.element("a", [.link(address)]).markup == "<a href=\"\(written)\"></a>")
    }

    @Test(arguments: ["1a", "a b", "A", "a\"b", "", "ä"]) func whatIsNoNameIsNone(_ name: String) {
        #expect(HTML.empty("hr", [.id(name)]).markup == "<hr>")
    }

    @Test func piecesStandOneBehindTheOther() {
        let list = HTML.element(
            "ul", [.classes("rows"), .id("list-1")], [.element("li", [], ["a"]), .element("li", [], ["b"])])
        #expect(list.markup == "<ul class=\"rows\" id=\"list-1\"><li>a</li><li>b</li></ul>")
        #expect(HTML.empty("input", [.flag("required"), .flag("checked", false)]).markup == "<input required>")
        #expect(HTML.group([.nothing, "a", "b"]).page == Array("<!doctype html>\nab\n".utf8))
    }
}
