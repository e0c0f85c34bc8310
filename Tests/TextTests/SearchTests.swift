import Testing

@testable import Text

@Suite struct SearchTests {
    private let text = SearchText(
        name: "Ａnn 王小明", emails: ["Ann@mail.example"], phones: ["+8613800138000"], facets: ["kind=consumer"])

    @Test func textIsFoldedALineForEachPart() {
        #expect(text.sortName == "ann 王小明" && text.text == "ann 王小明\nann@mail.example\n8613800138000")
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

    @Test func aLetterMayBeWrong() throws {
        let near = try #require(SearchText.near("Jonh"))
        #expect(SearchText.isNear("john smith", near.map(\.word)) && !SearchText.isNear("joan", near.map(\.word)))
        #expect(SearchText.near("12") == nil)
        #expect(SearchText.isNearNumber("x\n8613800138000", "13800138001"))
        let whole = try #require(SearchText.nearWhole("annn@mail.example"))
        #expect(SearchText.isNearWhole(text.text, whole.letters, hasHost: true))
    }
}
