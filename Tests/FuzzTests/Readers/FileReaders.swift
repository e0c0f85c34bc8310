import Sheets
import Text

@testable import Contacts

extension Reader {
    /// Tables as text: read in pieces, written and read again, and taken in as an import does.
    static let tables = Reader(
        "csv",
        corpus: [
            "name,email\r\nAnn,a@b.c\r\n\"Bob \"\"B\"\"\",\"x\ny\"\r\n", "sep=;\nname;tel\nAnn;1\n", "a\tb\r1\t2\r",
            "\u{FEFF}姓名,邮箱\n王,a@b.c\n", "name,phone,birthday,country,tags\nA,+44 20,1980-02-29,UK,\"a,b\"\n",
        ], words: ["\"", "\"\"", ",", ";", "\t", "\r", "\n", "sep=,\n", "=1+1", "\u{301}", "''=", "'"]
    ) { input in
        let whole = records(of: input, piece: max(1, input.count))
        try hold(records(of: input, piece: 3) == whole, "records do not depend on how the bytes come")
        // What is written is read as it was.
        for record in whole.prefix(3) where record.allSatisfy({ !$0.isEmpty && !$0.utf8.contains(0xFF) }) {
            let again = records(of: Array(CSVWriter.line(record).utf8), piece: 1 << 20).first
            try hold(
                again?.map { CSVWriter.plain($0).utf8.count } == record.map(\.utf8.count),
                "what is written is read as it was: \(record)")
        }
        try imported(input, "csv")
    }

    /// Cards, and as an import takes them.
    static let cards = Reader(
        "vcard",
        corpus: [
            "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann Lee\r\nN:Lee;Ann;;;\r\nitem1.EMAIL;TYPE=work;PREF=1:ann@example.com\r\nTEL;TYPE=cell:+44 20\r\n"
                + "ADR;TYPE=home:;;1 Road;Town;;AB1;UK\r\nNOTE:a\\,b\\;c\\nd\r\nBDAY:1980-02-29\r\nEND:VCARD\r\n",
            "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=GB18030;ENCODING=QUOTED-PRINTABLE:=CD=F5;=D0=A1\nAGENT:\nBEGIN:VCARD\nEND:VCARD\nEND:VCARD\n",
            "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:x\r\n y\r\nPHOTO;ENCODING=b:AAAA\r\nORG:A;B\r\nEND:VCARD\r\n",
        ],
        words: [
            "BEGIN:VCARD\r\n", "END:VCARD\r\n", "\r\n ", "=\r\n", "ENCODING=QUOTED-PRINTABLE:", ";CHARSET=", ":",
            ";", "\\", "AGENT:", "=3D", "^n",
        ]
    ) { input in
        for encoding in [TextEncoding.utf8, .gb18030] {
            for card in VCardReader.cards(input, encoding).cards where card.complaint == nil {
                var row = ImportRow()
                _ = row.fill(card)
            }
        }
        try hold(VCardReader.lastCardEnd(input) <= input.count, "the last card ends within the text")
        try imported(input, "vcard")
    }
}

private func records(of input: [UInt8], piece: Int) -> [[String]] {
    var (stream, found, place) = (CSVStream(), [[String]](), 0)
    while place < input.count {
        let end = min(input.count, place + piece)
        stream.read(input[place..<end]) { found.append($0) }
        place = end
    }
    stream.finish { found.append($0) }
    return found
}

/// As an import reads a file, in two pieces.
private func imported(_ input: [UInt8], _ format: String) throws {
    var parser = ImportParser(
        ImportOptions(format: format), ImportPlace(header: nil, line: 1, carry: []), CustomFields(byKey: [:]),
        labels: [:])
    do {
        try parser.read(Array(input[..<(input.count / 2)]), isLast: false)
        try parser.read(Array(input[(input.count / 2)...]), isLast: true)
    } catch is ImportFailure {
        return
    }
    try hold(parser.rows.count + parser.errors.count <= input.count, "no more rows than bytes")
}
