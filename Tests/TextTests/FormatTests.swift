import TestKit
import Testing

@testable import Text

@Suite struct FormatTests {
    private func read(_ text: String) -> [[String]] {
        let bytes = Array(text.utf8)
        var rows: [[String]] = []
        CSVReader.records(bytes, CSVForm.of(bytes).form) { rows.append($0.fields) }
        return rows
    }

    @Test(arguments: [
        ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]), ("a;b\r\n\"1;2\";\"x\ny\"", [["a", "b"], ["1;2", "x\ny"]]),
        ("\"a \"\"b\"\"\",\n\n,", [["a \"b\"", ""], [], ["", ""]]),
        ("a,b\r1,2\r3,4", [["a", "b"], ["1", "2"], ["3", "4"]]),
        ("a,b\n5\" pipe,2\n3,\"x\n\"\"y\"\n", [["a", "b"], ["5\" pipe", "2"], ["3", "x\n\"y"]]),
    ])
    func recordsAreReadAsRFC4180HasThem(_ text: String, _ rows: [[String]]) { #expect(read(text) == rows) }

    @Test func whatIsWrittenIsReadAgain() {
        let fields = ["plain", "with, comma", "with \"quotes\"", "two\nlines", ""]
        #expect(read(CSVWriter.line(fields)) == [fields])
        #expect(CSVWriter.line(["=1+1", "+44 20", "-5", nil]) == "'=1+1,+44 20,-5,\r\n")
        // Signs of full width run, too; other full-width signs do not, and a semicolon parts cells in half of Europe.
        #expect(CSVWriter.line(["＝1", "＋1", "－1", "＠a", "，a", "a;b"]) == "'＝1,'＋1,'－1,'＠a,，a,\"a;b\"\r\n")
    }

    @Test func anExportsCellsAreReadAsTheyWere() {
        for text in [
            "=1+1", "+44 20", "-5", "'=1", "''@x", "＝1", "'＠x", "'plain", "@home", "+49301;+49302", "\tx", "-", "",
            "a'b",
        ] {
            let cells = read(CSVWriter.line([text, "x"]))
            #expect(cells.first?.first.map(CSVWriter.plain) == text, "\(cells)")
        }
    }

    /// A combining mark makes one Character with the sign before it, which is a sign all the same.
    @Test func signsAreFoundBeforeCombiningMarks() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var chance = SeededGenerator(seed: seed)
        let signs = Array(",;\"\n%_\\a\u{301}\u{338}".unicodeScalars)
        for _ in 0..<2000 {
            let text = String(String.UnicodeScalarView((0..<9).map { _ in signs.randomElement(using: &chance) ?? "a" }))
            let cells = read(CSVWriter.line(["", text, "x"])).first ?? []
            #expect(cells.count == 3 && Array(cells[1].utf8) == Array(text.utf8), "\(text.unicodeScalars.map(\.value))")
        }
        #expect(LikePattern.literal("%\u{301}_\u{301}\\\u{301}") == "\\%\u{301}\\_\u{301}\\\\\u{301}")
    }

    @Test func excelSaysItsSeparator() {
        let (form, said) = CSVForm.of(Array("sep=;\r\nName;Email, Phone\r\n".utf8))
        #expect(form.separator == UInt8(ascii: ";") && said == 7)
    }

    @Test func recordsEndWhereTheReaderEndsThem() {
        var random = SystemRandomNumberGenerator()
        let signs = Array("ab,;\"\"\n\r".utf8)
        for _ in 0..<5000 {
            let bytes = (0..<Int.random(in: 1...24, using: &random)).map { _ in
                signs.randomElement(using: &random) ?? 97
            }
            let end = CSVReader.lastRecordEnd(bytes.span)
            var ends: [Int] = []
            CSVReader.records(bytes) {
                if !$0.isOpen, bytes[$0.raw.upperBound - 1] == 0x0A { ends.append($0.raw.upperBound) }
            }
            #expect(end == ends.last ?? 0, "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
        }
    }

    @Test(arguments: [1, 3, 100]) func aFileMayComeInPieces(size: Int) {
        let bytes = Array("a,\"b\nc\"\r\n\r\n1,2".utf8)
        var stream = CSVStream()
        var rows: [[String]] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            stream.read(bytes[start..<min(bytes.count, start + size)]) { rows.append($0) }
        }
        stream.finish { rows.append($0) }
        #expect(rows == [["a", "b\nc"], ["1", "2"]])
    }

    @Test func aRecordEndsOnlyOutsideQuotes() {
        #expect(CSVReader.lastRecordEnd(Array("a\n\"b\nc".utf8).span) == 2)
    }

    @Test func stringsOfJSONAreEscaped() {
        #expect(JSONString.text("王 \"a\\\n\u{1}\0") == #""王 \"a\\\n\u0001\u0000""#)
    }

    @Test func encodingsAreToldApart() {
        #expect(TextEncoding.gb18030.utf8([0xCD, 0xF5]) == Array("王".utf8))
        #expect(TextEncoding.utf8.utf8([0xCD, 0xF5]) == nil && TextEncoding.gb18030.utf8([0xFF]) == nil)
        var check = UTF8Check()
        check.feed([0xE7, 0x8E])
        #expect(check.isValid && !check.isComplete)
        check.feed([0x8B])
        #expect(check.isValid && check.isComplete)
    }
}
