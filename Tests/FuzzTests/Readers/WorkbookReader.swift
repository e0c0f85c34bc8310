import EventLoop
import FoundationEssentials
import Sheets
import Text

extension Reader {
    /// Workbooks. The first byte says what the rest is: the archive itself, or one of its parts within a whole one.
    static let workbooks = Reader(
        "xlsx",
        bytes: [[0] + ((try? book { $1 }) ?? [])]
            + parts.enumerated().map { [UInt8($0.offset + 1)] + Array($0.element.1.utf8) },
        words: [[0x50, 0x4B, 3, 4], [0x50, 0x4B, 5, 6], [0xFF, 0xFF, 0xFF, 0xFF]] + marks.map { Array($0.utf8) }
    ) { input in
        guard let kind = input.first else { return }
        let rest = Array(input.dropFirst())
        let index = Int(kind) % (parts.count + 1)
        let bytes = index == 0 ? rest : try book { $0 == index - 1 ? rest : $1 }
        let path = "\(folder)/rapport-fuzz-\(getpid()).xlsx"
        defer { unlink(path) }
        try Data(bytes).write(to: URL(filePath: path))
        var most = 0
        try XLSXReader.rows(path: path) { row, cells in
            most = max(most, cells.count)
            if row <= 0 { most = .max }
        }
        try hold(most <= 1000, "a row has \(most) cells")
    }

    /// In memory where there is such a folder.
    private static let folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"

    private static let parts: [(String, String)] = [
        ("xl/workbook.xml", #"<workbook><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>"#),
        (
            "xl/_rels/workbook.xml.rels",
            #"<Relationships><Relationship Id="rId1" Type="worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
        ),
        ("xl/styles.xml", #"<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#),
        ("xl/sharedStrings.xml", "<sst><si><t>name</t></si><si><r><t>An</t></r><r><t>n_x000D_</t></r></si></sst>"),
        (
            "xl/worksheets/sheet1.xml",
            #"<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" s="1"><v>40000.5</v></c></row><row r="3"><c r="A3" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>"#
        ),
    ]

    private static let marks = [
        "<", ">", "&amp;", "&#0;", "&#xFFFFFFFF;", "r=\"ZZZZZZZ1\"", "r=\"1048577\"", "t=\"s\"", "<v>", "</v>",
        "_x0000_", "<!DOCTYPE a [<!ENTITY b \"c\">]>",
    ]

    private static func book(_ change: (Int, [UInt8]) -> [UInt8]) throws -> [UInt8] {
        var (zip, bytes) = (ZipFile(), [UInt8]())
        for (index, part) in parts.enumerated() { bytes += try zip.file(part.0, change(index, Array(part.1.utf8))) }
        return bytes + zip.end()
    }
}
