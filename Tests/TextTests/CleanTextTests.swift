import Testing

@testable import Text

@Suite struct CleanTextTests {
    @Test(arguments: [
        ("Ann", "Ann"), (" Ann  Lee ", "Ann  Lee"), ("王小明", "王小明"), ("Ann\r\nBcc: x", "Ann  Bcc: x"), ("a\tb", "a b"),
        ("a\u{2028}b", "a b"), ("\u{1B}[31mred", "[31mred"), ("a\u{0}b", "ab"), ("a\u{9B}b", "ab"),
        ("\u{202E}gpj.exe", "gpj.exe"),
        ("a\u{2066}b\u{2069}", "ab"), ("नि\u{200D}क", "नि\u{200D}क"), ("👩‍👩‍👧", "👩‍👩‍👧"), ("می\u{200C}روم", "می\u{200C}روم"),
        ("\u{200B}\u{2060}\u{FEFF}", nil), ("\u{3164}", nil), ("\u{2800}", nil), (" \u{3000}\u{A0}", nil), ("", nil),
        ("\u{E0061}\u{E007F}", nil), ("\u{202E}", nil), ("é", "é"), ("\u{301}", "\u{301}"),
    ])
    func whatNobodySeesIsLeftOut(_ text: String, _ clean: String?) {
        #expect(CleanText.oneLine(text).map { Array($0.utf8) } == clean.map { Array($0.utf8) })
    }

    @Test func linesStayWhereThereAreLines() {
        #expect(CleanText.lines("a\r\nb\tc\u{1B}\u{202E}d\n") == "a\r\nb\tcd")
        #expect(CleanText.lines("\u{200B}\n\u{200B}") == nil)
        #expect(CleanText.lines("\n \t") == nil)
        #expect(CleanText.lines("x\u{7F}") == "x")
    }

    /// What was cleaned is clean.
    @Test func cleaningTwiceChangesNothing() {
        var chance = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: 0 ... .max, using: &chance)
        var state = seed
        func next() -> UInt32 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt32(truncatingIfNeeded: state >> 33)
        }
        let odd: [UInt32] = [0x0A, 0x0D, 0x1B, 0x85, 0x200B, 0x202E, 0x2028, 0x3164, 0x20, 0x61, 0x4E2D, 0xFEFF, 0x301]
        for _ in 0..<20_000 {
            let scalars = (0..<Int(next() % 8)).compactMap { _ in Unicode.Scalar(odd[Int(next()) % odd.count]) }
            let text = String(String.UnicodeScalarView(scalars))
            for clean in [CleanText.oneLine, CleanText.lines] as [(String) -> String?] {
                let once = clean(text)
                #expect(
                    once.flatMap(clean).map { Array($0.utf8) } == once.map { Array($0.utf8) },
                    "seed \(seed): \(scalars)")
            }
        }
    }
}
