import FoundationEssentials
import Sheets
import Text

/// One file of an export set, unpacked, as rows of cells: a CSV in any encoding, or a workbook.
struct MovingFile: Sendable {
    /// Its name without folders.
    let name: String
    /// Its bytes.
    let size: Int
    private let file: ScratchFile
    private let isWorkbook: Bool

    /// Unpacks it.
    init(_ archive: ZipArchive, _ entry: ZipArchive.Entry, most: Int) throws {
        name = entry.name.split(separator: "/").last.map(String.init) ?? entry.name
        isWorkbook = name.lowercased().hasSuffix(".xlsx")
        let file = try ScratchFile()
        var size = 0
        try archive.read(entry, most: most) {
            try file.append($0)
            size += $0.count
        }
        self.file = file
        self.size = size
    }

    /// Gives each row with something in it and the number of its line, the headings first, until `body` says that it is enough.
    func rows(_ body: (Int, [String]) throws -> Bool) throws {
        do {
            if isWorkbook {
                try XLSXReader.rows(path: file.path) { line, cells in
                    if cells.contains(where: { !$0.isEmpty }), try !body(line, cells) { throw Enough() }
                }
            } else {
                try records(body)
            }
        } catch is Enough {}
    }

    private struct Enough: Error {}

    private func records(_ body: (Int, [String]) throws -> Bool) throws {
        var guess = EncodingGuess()
        try pieces { guess.feed($0) }
        guard let found = FileEncoding.of(guess, said: nil, isCards: false), let decoder = TextDecoder(found.written)
        else {
            throw ImportFailure(
                description: "\(name) is in no encoding that is known: \(EncodingGuess.tried) were tried.")
        }
        var form: CSVForm?
        var carry: [UInt8] = []
        var line = 1
        func take(_ bytes: [UInt8], isLast: Bool) throws {
            guard let text = decoder.feed(bytes) else {
                throw ImportFailure(description: "Not all of \(name) is \(found.written.rawValue).")
            }
            carry += text
            if form == nil {
                if carry.starts(with: [0xEF, 0xBB, 0xBF]) { carry.removeFirst(3) }
                let (said, length) = CSVForm.of(carry)
                form = said
                carry.removeFirst(length)
                if length > 0 { line += 1 }
            }
            let parting = form ?? CSVForm()
            let end = isLast ? carry.count : CSVReader.lastRecordEnd(carry.span, parting)
            guard carry.count - end <= ImportParser.longestRecord else {
                throw ImportFailure(description: "\(name), line \(line): a record does not end within 4 MiB.")
            }
            let whole = Array(carry[..<end])
            carry.removeFirst(end)
            try CSVReader.records(whole, parting) { record in
                defer { line += record.lines }
                guard record.fields.contains(where: { !$0.isEmpty }) else { return }
                guard record.cellsLeftOut == 0 else {
                    throw ImportFailure(
                        description: "\(name) has more than \(CSVReader.mostCells) columns in line \(line).")
                }
                if try !body(line, record.fields) { throw Enough() }
            }
        }
        try pieces { try take($0, isLast: false) }
        try take([], isLast: true)
    }

    private func pieces(_ body: ([UInt8]) throws -> Void) throws {
        var place = 0
        while true {
            let piece = try file.read(from: place, most: 1 << 18)
            guard !piece.isEmpty else { return }
            try body(piece)
            place += piece.count
        }
    }
}
