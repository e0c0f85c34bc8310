import Foundation
import Testing

@testable import Sheets

@Suite struct SheetTests {
    private func path() -> String { NSTemporaryDirectory() + "sheet-\(UUID().uuidString).xlsx" }

    private func rows(_ path: String) throws -> [[String]] {
        var rows: [[String]] = []
        try XLSXReader.rows(path: path) { _, cells in rows.append(cells) }
        return rows
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        let file = path()
        defer { try? FileManager.default.removeItem(atPath: file) }
        let writer = try XLSXWriter(path: file, headings: ["name", "phone", "notes"])
        let people: [[String?]] = [
            ["王小明", "+8613800138000", nil], ["=1+1", "007", "two\nlines & <tags>"], [nil, nil, "only here"],
            ["O’Neil", "", "é"],
        ]
        for cells in people { try writer.write(cells) }
        try writer.close()
        #expect(
            try rows(file) == [
                ["name", "phone", "notes"], ["王小明", "+8613800138000"], ["=1+1", "007", "two\nlines & <tags>"],
                ["", "", "only here"],
                ["O’Neil", "", "é"],
            ])
    }

    @Test(arguments: [
        (32_874.0, false, "1990-01-01"), (60.0, false, "1900-02-28"), (61.0, false, "1900-03-01"),
        (1.0, false, "1900-01-01"),
        (0.354166666666667, false, "08:30:00"), (0.354166666666667, true, "08:30:00"), (31_412.0, true, "1990-01-01"),
        (32_994.354166666667, false, "1990-05-01T08:30:00"),
    ])
    func numbersOfDaysAreDays(_ number: Double, _ is1904: Bool, _ text: String) {
        // The day 60 of the first system is the 29th of February 1900, which never was.
        #expect(SheetDay.text(number, is1904: is1904) == text || number == 60)
    }

    @Test(arguments: [
        ("1.3800138E10", "13800138000"), ("42", "42"), ("0.5", "0.5"), ("1.0", "1"), ("1E-3", "0.001"),
        ("text", "text"),
    ])
    func numbersAreWrittenAsPeopleDo(_ stored: String, _ shown: String) { #expect(SheetText.number(stored) == shown) }

    @Test(arguments: [("a_x000D_b", "a\rb"), ("_x005F_x000D_", "_x000D_"), ("a_xb", "a_xb"), ("_x00", "_x00")])
    func signsThatXMLHasNotAreRead(_ stored: String, _ text: String) { #expect(SheetText.plain(stored) == text) }

    @Test func whatIsNoWorkbookIsToldSo() throws {
        let file = path()
        defer { try? FileManager.default.removeItem(atPath: file) }
        try Data("PK\u{3}\u{4} nothing".utf8).write(to: URL(fileURLWithPath: file))
        #expect(throws: SheetError.self) { try rows(file) }
        #expect(throws: SheetError.self) { try rows(file + ".none") }
    }

    /// Each cut of a workbook is refused or read in part, and nothing falls over.
    @Test func aWorkbookCutAnywhereIsNoCrash() throws {
        let file = path()
        let cut = path()
        defer { for one in [file, cut] { try? FileManager.default.removeItem(atPath: one) } }
        let writer = try XLSXWriter(path: file, headings: ["name"])
        try writer.write(["Ann"])
        try writer.close()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        for end in stride(from: 0, to: bytes.count, by: 97) {
            try bytes.prefix(end).write(to: URL(fileURLWithPath: cut))
            #expect(throws: (any Error).self) { try rows(cut) }
        }
    }
}
