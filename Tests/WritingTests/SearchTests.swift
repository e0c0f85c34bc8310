import Testing

@testable import Writing

@Suite struct SearchTests {
    private let text = SearchText(
        name: "Ａnn 王小明", emails: ["Ann@mail.example"], phones: ["+8613800138000"], facets: ["kind=consumer"])

    @Test func textIsFoldedALineForEachPart() {
        #expect(text.sortName == "ann wang 王xiao 小ming 明", "\(text.sortName)")
        let lines = ["ann 王小明", "wang xiao ming", "wangxiaoming", "wxm", "ann@mail.example", "8613800138000", "²"]
        #expect(text.text == lines.joined(separator: "\n"), "\(text.text)")
        #expect(text.terms.contains("\(SearchText.facet("kind=consumer"))"))
    }

    @Test func whatAQueryNeedsIsAmongTheTerms() throws {
        let terms = Set(text.terms.dropFirst().dropLast().split(separator: ","))
        for query in ["小明", "mail.example", "138 0013", "ann"] {
            let isFound = SearchText.readings(query).contains { words in
                guard let needed = SearchText.required(words) else { return false }
                return terms.isSuperset(of: needed.dropFirst().dropLast().split(separator: ","))
            }
            #expect(isFound, "\(query)")
        }
        #expect(SearchText.required(["x"]) == nil)
    }

    @Test(arguments: [
        ("Müller", "Müller"), ("Müller", "muller"), ("Müller", "mueller"), ("Zoë", "Zoe\u{308}"),
        ("Trần Thị Hường", "tran thi huong"),
        ("Trần Thị Hường", "huong tran"), ("Äpfelbäume", "apfelbaume"), ("Straße", "strasse"), ("Strasse", "straße"),
        ("Niamh O’Connor", "o'connor"), ("Niamh O'Connor", "oconnor"), ("Jean-Luc Picard", "jeanluc"),
        ("Jean-Luc Picard", "jean luc"),
        ("司马 光", "司马光"), ("司马光", "司马 光"), ("欧阳修", "ouyang"), ("欧阳修", "ou yang xiu"), ("歐陽修", "oyx"),
        ("歐陽修", "欧阳"), ("重庆火锅", "chongqing"), ("长沙", "changsha"), ("单田芳", "shan"), ("单田芳", "dan"),
        ("曾国藩", "zengguofan"),
        ("音乐之声", "yinyue"), ("上海晨光文具", "shcgwj"), ("吕布", "lv bu"), ("吕布", "lubu"), ("ｶﾞｽ商事", "ガス"), ("ﬁlip", "filip"),
    ])
    func aNameIsFoundByEveryWritingOfIt(_ name: String, _ query: String) {
        let text = SearchText(name: name, emails: [], phones: [], facets: [])
        let terms = Set(text.terms.dropFirst().dropLast().split(separator: ","))
        let isFound = SearchText.readings(query).contains { words in
            let needed = SearchText.required(words)?.dropFirst().dropLast().split(separator: ",") ?? []
            return terms.isSuperset(of: needed) && words.allSatisfy { text.text.contains($0) }
        }
        #expect(isFound, "\(text.text) by \(SearchText.readings(query))")
    }

    @Test func addressesAndNumbersOfPartsAreNotTakenApart() {
        #expect(SearchText.readings("ann@mail.example") == [["ann@mail.example"]])
        #expect(SearchText.readings("C-1001") == [["c-1001"]])
    }

    @Test func chineseNamesStandUnderTheirSounds() {
        let names = ["张伟", "Anna", "王小明", "万里", "汪洋", "Zoe", "欧阳修", "单田芳", "王伟"]
        let sorted = names.sorted { SearchText.sortName($0) < SearchText.sortName($1) }
        #expect(sorted == ["Anna", "欧阳修", "单田芳", "万里", "汪洋", "王伟", "王小明", "张伟", "Zoe"])
        #expect(SearchText.sortName("王小明").hasPrefix(SearchText.sortName("王小")))
    }

    @Test func aLetterMayBeWrong() throws {
        let near = try #require(SearchText.near("Jonh"))
        #expect(SearchText.isNear("john smith", near.map(\.word)) && !SearchText.isNear("joan", near.map(\.word)))
        #expect(SearchText.near("12") == nil)
        #expect(SearchText.isNearNumber("x\n8613800138000", "13800138001"))
        let whole = try #require(SearchText.nearWhole("annn@mail.example"))
        #expect(SearchText.isNearWhole(text.text, whole.letters, hasHost: true))
    }
}
