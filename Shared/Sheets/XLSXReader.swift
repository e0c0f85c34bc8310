import CSheets

/// Reads the rows of a workbook's first sheet that is shown (ECMA-376), one after the other: what is in memory is the texts that cells share.
public enum XLSXReader {
    /// Bytes of a part when unpacked: a small archive can hold more than a machine has room for.
    private static let most = 4 << 30
    private static let mostShared = 512 << 20

    /// Gives each row that has a cell: its number and its cells as texts, days and times as ISO 8601 writes them.
    public static func rows(path: String, _ body: (Int, [String]) throws -> Void) throws {
        var code: Int32 = 0
        guard let archive = zip_open(path, ZIP_RDONLY, &code) else {
            throw SheetError(description: "The file is no workbook (XLSX).")
        }
        defer { zip_discard(archive) }
        let book = Workbook()
        try book.read(archive, "xl/workbook.xml", most: mostShared)
        let relations = Relations()
        try relations.read(archive, "xl/_rels/workbook.xml.rels", most: mostShared)
        guard let sheet = book.sheet, let target = relations.targets[sheet] else {
            throw SheetError(description: "The workbook has no sheet that is shown.")
        }
        let styles = Styles()
        try styles.read(archive, "xl/styles.xml", most: mostShared)
        let shared = SharedTexts()
        try shared.read(archive, relations.shared ?? "xl/sharedStrings.xml", most: mostShared)
        try withoutActuallyEscaping(body) { body in
            let rows = SheetRows(shared, styles, is1904: book.is1904, body)
            try rows.read(archive, target, most: most)
        }
    }
}

/// Which sheets there are.
private final class Workbook: XMLPart {
    var sheet: String?
    var is1904 = false

    override func begin(_ name: String, _ attributes: XMLAttributes) {
        switch name {
        case "workbookPr": is1904 = ["1", "true"].contains(attributes["date1904"] ?? "")
        case "sheet":
            let isShown = (attributes["state"] ?? "visible") == "visible"
            if sheet == nil, isShown { sheet = attributes["id"] }
        default: break
        }
    }
}

/// Where the parts of the workbook are.
private final class Relations: XMLPart {
    var targets: [String: String] = [:]
    var shared: String?

    override func begin(_ name: String, _ attributes: XMLAttributes) {
        guard name == "Relationship", let id = attributes["Id"], let target = attributes["Target"] else { return }
        let path = target.hasPrefix("/") ? String(target.dropFirst()) : "xl/\(target)"
        targets[id] = path
        if attributes["Type"]?.hasSuffix("/sharedStrings") == true { shared = path }
    }
}

/// Which styles of cells show a number as a day or a time.
private final class Styles: XMLPart {
    private var codes: [Int: String] = [:]
    private(set) var areDays: [Bool] = []
    private var isOfCells = false

    override func begin(_ name: String, _ attributes: XMLAttributes) {
        switch name {
        case "numFmt":
            if let id = attributes["numFmtId"].flatMap({ Int($0) }) { codes[id] = attributes["formatCode"] }
        case "cellXfs": isOfCells = true
        case "xf" where isOfCells: areDays.append(isDay(attributes["numFmtId"].flatMap { Int($0) } ?? 0))
        default: break
        }
    }

    override func end(_ name: String) { if name == "cellXfs" { isOfCells = false } }

    /// The built-in forms of days and times, those of eastern Asia among them, or a code with letters of them outside quotes and brackets.
    private func isDay(_ id: Int) -> Bool {
        if [14...22, 27...36, 45...47, 50...58].contains(where: { $0.contains(id) }) { return true }
        guard let code = codes[id] else { return false }
        var isQuoted = false
        var isBracketed = false
        var isEscaped = false
        for character in code.prefix(while: { $0 != ";" }) {
            if isEscaped {
                isEscaped = false
            } else if character == "\\" || character == "_" || character == "*" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if !isQuoted, character == "[" {
                isBracketed = true
            } else if !isQuoted, character == "]" {
                isBracketed = false
            } else if !isQuoted, "ymdhs".contains(character.lowercased()) {
                // [h] counts hours; [Red] and [$-409] are no time.
                if !isBracketed { return true }
            }
        }
        return code.lowercased().contains("[h]") || code.lowercased().contains("[m]")
            || code.lowercased().contains("[s]")
    }
}

/// Texts that cells share: all bytes in one and where each ends.
final class SharedTexts: XMLPart {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var isText = false
    private var phonetic = 0

    override func begin(_ name: String, _ attributes: XMLAttributes) {
        if name == "rPh" { phonetic += 1 }
        if name == "t" { isText = phonetic == 0 }
    }

    override func end(_ name: String) {
        switch name {
        case "rPh": phonetic -= 1
        case "t": isText = false
        case "si": ends.append(bytes.count)
        default: break
        }
    }

    override func text(_ piece: UnsafeBufferPointer<UInt8>) { if isText { bytes.append(contentsOf: piece) } }

    func text(at index: Int) -> String? {
        guard ends.indices.contains(index) else { return nil }
        return String(decoding: bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]], as: UTF8.self)
    }
}

/// The rows of a sheet.
private final class SheetRows: XMLPart {
    private let shared: SharedTexts
    private let styles: Styles
    private let is1904: Bool
    private let body: (Int, [String]) throws -> Void
    private var row = 0
    private var cells: [String] = []
    private var column = 0
    private var kind = "n"
    private var style = 0
    private var value: [UInt8] = []
    private var isValue = false
    private var phonetic = 0

    init(_ shared: SharedTexts, _ styles: Styles, is1904: Bool, _ body: @escaping (Int, [String]) throws -> Void) {
        (self.shared, self.styles, self.is1904, self.body) = (shared, styles, is1904, body)
    }

    override func begin(_ name: String, _ attributes: XMLAttributes) {
        switch name {
        case "row":
            row = attributes["r"].flatMap { Int($0) } ?? row + 1
            (cells, column) = ([], -1)
        case "c":
            column = attributes["r"].flatMap(Self.column) ?? column + 1
            kind = attributes["t"] ?? "n"
            style = attributes["s"].flatMap { Int($0) } ?? 0
            value = []
        case "rPh": phonetic += 1
        case "v", "t": isValue = phonetic == 0
        default: break
        }
    }

    override func end(_ name: String) throws {
        switch name {
        case "rPh": phonetic -= 1
        case "v", "t": isValue = false
        case "c":
            let text = cell
            // No file of people has a thousand columns; an empty cell far to the right is none.
            guard !text.isEmpty, (0..<1000).contains(column) else { return }
            while cells.count < column { cells.append("") }
            if cells.count == column { cells.append(text) } else { cells[column] = text }
        case "row": if !cells.isEmpty { try body(row, cells) }
        default: break
        }
    }

    override func text(_ piece: UnsafeBufferPointer<UInt8>) { if isValue { value.append(contentsOf: piece) } }

    private var cell: String {
        let text = String(decoding: value, as: UTF8.self)
        switch kind {
        case "s": return Int(text).flatMap { shared.text(at: $0) }.map(SheetText.plain) ?? ""
        case "str", "inlineStr": return SheetText.plain(text)
        case "b": return text == "1" ? "true" : "false"
        case "e": return ""
        case "d": return text
        default:
            guard styles.areDays.indices.contains(style), styles.areDays[style], let number = Double(text) else {
                return SheetText.number(text)
            }
            return SheetDay.text(number, is1904: is1904)
        }
    }

    /// The column of `AB12`, counted from 0.
    private static func column(_ reference: String) -> Int? {
        var number = 0
        for byte in reference.utf8 {
            guard (0x41...0x5A).contains(byte & 0xDF), number < 1 << 20 else { break }
            number = number * 26 + Int(byte & 0xDF) - 0x40
        }
        return number > 0 ? number - 1 : nil
    }
}
