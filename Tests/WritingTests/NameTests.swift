import Testing
import Text

@testable import Writing

@Suite struct NameTests {
    @Test(arguments: [
        ("Zoë Müller", "MULLER, Zoe", 1.0), ("王小明 先生", "王小明", 1.0), ("上海大众有限公司", "上海大众", 1.0),
        ("ACME Ltd.", "Acme GmbH", 1.0), ("O'Neil Pat", "Pat ONeil", 1.0), ("Ann Lee", "Bob Ray", 0.5),
    ])
    func namesAreComparedByTheirWords(_ one: String, _ other: String, _ expected: Double) throws {
        let likeness = try #require(MatchName(one)).likeness(to: try #require(MatchName(other)))
        #expect(expected == 1 ? likeness == 1 : likeness < expected, "\(likeness)")
    }

    @Test(arguments: [
        ("王小明", "wang xiaoming"), ("欧阳娜娜", "nana ouyang"), ("Xiaoming WANG", "wang xiaoming"), ("绿原", "lv yuan"),
        ("單田芳", "shan tianfang"), ("尉迟恭", "gong yuchi"), ("王珺", "jun wang"),
    ])
    func aChineseNameHasOneSoundInBothScripts(_ name: String, _ sound: String) throws {
        #expect(try #require(MatchName(name)).sound == sound)
    }

    @Test(arguments: ["Ann Lee Ray", "Pat Smith", "上海晨光文具", "王", "王𠮷"])
    func otherNamesHaveNone(_ name: String) { #expect(MatchName(name)?.sound == nil) }

    @Test func editsAreCounted() {
        #expect(EditDistance.between("kitten", "sitting") == 3)
        #expect(EditDistance.between("", "王小明") == 3 && EditDistance.between("same", "same") == 0)
        #expect(EditDistance.likeness("abcd", "abxd") == 0.75)
    }
}
