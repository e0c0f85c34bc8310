import Foundation
import Testing

@testable import Writing

@Suite struct FoldTests {
    /// Each line is one name in writings that are the same to whoever searches.
    @Test(arguments: [
        ["Müller", "Mu\u{308}ller", "MULLER", "muller", "Ｍüller"], ["Zoë", "Zoe\u{308}", "zoe"],
        ["が商事", "か\u{3099}商事"], ["ｶﾞｽ", "ガス"], ["Trần Thị Hường", "tran thi huong", "TRẦN THỊ HƯỜNG"],
        ["Straße", "strasse", "STRASSE"],
        ["Niamh O’Connor", "niamh o'connor", "Niamh O`Connor", "Niamh OConnor", "Niamh O´Connor"],
        ["司马 光", "司马光", "司馬光", "司馬　光"], ["ﬁlip", "filip"], ["Łódź", "lodz"], ["Ærø", "aero"], ["İstanbul", "istanbul"],
        ["Jean-Luc", "Jean Luc", "Jean\u{2010}Luc", "jean luc"], ["臺灣積體電路", "台湾积体电路"],
        ["Σίσυφος", "ΣΊΣΥΦΟΣ", "σισυφοσ"],
        ["Алёна", "алена"], ["安·李", "安李"], ["김 철수", "김철수"], ["Đặng", "dang"], ["soft\u{AD}ware", "software"],
    ])
    func equalWritingsFoldAlike(_ writings: [String]) {
        #expect(Set(writings.map(Fold.name)).count == 1, "\(writings.map(Fold.name))")
    }

    @Test(arguments: [("й", "и"), ("が", "か"), ("हिन्दी", "हनद"), ("王", "汪")])
    func whatIsAnotherLetterStaysOne(_ one: String, _ other: String) { #expect(Fold.name(one) != Fold.name(other)) }

    @Test func foldingTwiceChangesNothing() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let scalars = (0..<8).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0x20...0xFFFF, using: &random)) }
            let text = String(String.UnicodeScalarView(scalars))
            let once = Fold.text(text)
            #expect(Fold.text(once) == once, "\(scalars)")
            #expect(Fold.text(text.decomposedStringWithCanonicalMapping) == once, "\(scalars)")
        }
    }

    @Test(
        arguments: [
            ("GB", "GB"), ("gb", "GB"), ("United Kingdom", "GB"), ("UK", "GB"), ("英国", "GB"), ("英國", "GB"),
            ("GBR", "GB"), ("U.K.", "GB"),
            ("England", "GB"), ("Deutschland", "DE"), ("中国", "CN"), ("中國", "CN"), ("P.R.C.", "CN"), ("香港", "HK"),
            ("Hong Kong", "HK"),
            ("台灣", "TW"), ("Taiwan", "TW"), ("The Netherlands", "NL"), ("EIRE", "IE"), ("RSA", "ZA"), ("USA", "US"),
            ("U.S.A.", "US"),
            ("Côte d’Ivoire", "CI"), ("Türkiye", "TR"), ("South Korea", "KR"), ("Bosnia & Herzegovina", "BA"),
            ("Atlantis", nil),
            ("European Community", nil), ("XX", nil), ("", nil),
        ] as [(String, String?)])
    func countriesAreKnownByCodeAndName(_ text: String, _ code: String?) { #expect(Country.code(text) == code) }

    @Test func countriesAreShownInALanguage() {
        #expect(Country.name("DE", in: "en") == "Germany" && Country.name("DE", in: "zh") == "德国")
    }
}
