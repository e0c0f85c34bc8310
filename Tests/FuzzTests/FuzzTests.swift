import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import Sheets
import Testing
import Text

@testable import Contacts
@testable import HTTP
@testable import Messaging
@testable import ServiceKit

/// All that reads bytes of others, but for the Broker's frames, which its own tests have.
@Suite struct FuzzTests {
    @Test func requests() {
        let fuzz = Fuzz(
            "http",
            corpus: [
                "GET /v1/parties?limit=5&after=%41 HTTP/1.1\r\nHost: a:80\r\nAccept: */*\r\nConnection: keep-alive, close\r\n\r\n",
                "POST http://[::1]:80/x?y HTTP/1.1\r\nHost: h\r\nContent-Length: 12\r\nExpect: 100-continue\r\n\r\nhello world.",
                "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nT: x\r\n\r\n",
                "OPTIONS * HTTP/1.0\r\n\r\n",
            ],
            words: [
                "Transfer-Encoding: chunked\r\n", "Content-Length: 5\r\n", "Host: b\r\n", "HTTP/1.1", " ", ":",
                "\r\n\r\n", "%00", "%2e%2e/",
                "[::1]", ":99999", "http://", "?", "#", "\u{B}", "0\r\n\r\n", "ffffffff\r\n",
            ])
        var limits = Limits()
        limits.bodyBytes = 1 << 20
        let table = RouteTable([])
        fuzz.run(usually: 20_000) { input in
            guard let (head, length) = try HeadParser.parse(input.span, limits) else { return }
            Fuzz.hold(length <= input.count && head.path.upperBound <= length)
            _ = Query(head)
            _ = table.match(head)
            _ = head.authority.map { Authority(head.text($0)) }
            // However the body is cut, it is the same.
            let rest = Array(input[length...])
            Fuzz.hold(Self.decoded(rest, head.framing, piece: rest.count) == Self.decoded(rest, head.framing, piece: 1))
        }
    }

    private static func decoded(_ bytes: [UInt8], _ framing: BodyFraming, piece: Int) -> String {
        var decoder = BodyDecoder(framing, limit: 1 << 20)
        var (output, place) = ([UInt8](), 0)
        do throws(Refusal) {
            while place < bytes.count, !decoder.isComplete {
                let end = min(bytes.count, place + max(1, piece))
                let used = try decoder.feed(bytes.span.extracting(place..<end), into: &output, room: .max)
                if used == 0 { break }
                place += used
            }
        } catch {
            return "refused \(error.status.rawValue)"
        }
        return "\(decoder.isComplete) \(place) \(output.count)"
    }

    @Test func bodies() {
        let fuzz = Fuzz(
            "json",
            corpus: [
                #"{"name":"Ann","tags":["a","b"],"custom":{"k":1.5e3,"d":"2011-12-31"},"emails":[{"address":"a@b.c","label":null}]}"#,
                #"{"a":{"b":[[],{},[{"c":"\u00e9\ud83d\ude00\n"}]]},"n":-0.0e-1,"t":true,"f":false}"#,
            ],
            words: ["{", "}", "[", "]", ",", ":", "\"a\":", "\\u0000", "\\ud800", "1e999", "null", "{\"a\":[", "\"\""])
        fuzz.run(usually: 20_000) { input in
            try JSONScan.check(input, atMost: 1000)
            input.withUnsafeBytes { bytes in
                var reader = JSONReader(bytes, takesNUL: true)
                Fuzz.hold((try? reader.skip()) != nil || input.contains(UInt8(ascii: "\\")))
            }
            _ = try ModelJSON.decoder.decode(PartyInput.self, from: Data(input)).checked()
        }
    }

    @Test func events() {
        let data =
            #"{"orderId":"1","customerNo":"2","status":"placed","placedAt":"2010-12-01T08:26:00Z","currency":"GBP","lines":[{"sku":"a","name":"b","quantity":"1","unitPrice":"2.50"}],"total":"2.50"}"#
        let fuzz = Fuzz(
            "cloudevents",
            corpus: [
                data,
                #"{"specversion":"1.0","id":"1","source":"/erp","type":"erp.order.placed.v1","time":"2010-12-01T08:26:00Z","data":"#
                    + data + "}",
                #"{"specversion":"1.0","id":"1","source":"/erp","type":"erp.customer.upserted.v1","data":{"customerNo":"1","name":"Ann","emails":[]}}"#,
            ],
            words: [
                "\"data\":", "\"data_base64\":\"", "\"sequence\":\"", "1.0", "{", "}", "[", "]", ",", "\\u0000", "null",
                "e999",
            ])
        fuzz.run(usually: 20_000) { input in
            for headers in [
                [("content-type", "application/cloudevents+json")],
                [("ce_specversion", "1.0"), ("ce_id", "1"), ("ce_source", "/erp"), ("ce_type", "erp.order.placed.v1")],
            ] {
                let record = KafkaRecord(
                    origin: TopicPartition(topic: "erp.orders", partition: 0), offset: 1, key: Array(input.prefix(20)),
                    value: input, headers: headers.map { (name: $0.0, value: Array($0.1.utf8)) })
                _ = try? Event(record)
            }
            _ = try input.withUnsafeBytes { try OrderPlaced(json: $0).order }
        }
    }

    @Test func tables() {
        let fuzz = Fuzz(
            "csv",
            corpus: [
                "name,email\r\nAnn,a@b.c\r\n\"Bob \"\"B\"\"\",\"x\ny\"\r\n", "sep=;\nname;tel\nAnn;1\n", "a\tb\r1\t2\r",
                "\u{FEFF}姓名,邮箱\n王,a@b.c\n",
            ], words: ["\"", "\"\"", ",", ";", "\t", "\r", "\n", "sep=,\n", "=1+1", "\u{301}", "''=", "'"])
        fuzz.run(usually: 20_000) { input in
            func records(_ piece: Int) throws -> [[String]] {
                var (stream, found, place) = (CSVStream(), [[String]](), 0)
                while place < input.count {
                    let end = min(input.count, place + piece)
                    stream.read(input[place..<end]) { found.append($0) }
                    place = end
                }
                stream.finish { found.append($0) }
                return found
            }
            let whole = try records(max(1, input.count))
            Fuzz.hold(try records(3) == whole)
            // What is written is read as it was.
            for record in whole.prefix(3) {
                var (stream, again) = (CSVStream(), [[String]]())
                let line = CSVWriter.line(record)
                stream.read(Array(line.utf8)) { again.append($0) }
                stream.finish { again.append($0) }
                if record.allSatisfy({ !$0.isEmpty && !$0.utf8.contains(0xFF) }) {
                    Fuzz.hold(
                        again.first?.map { CSVWriter.plain($0).utf8.count } == record.map(\.utf8.count), "\(record)")
                }
            }
        }
    }

    @Test func cards() {
        let fuzz = Fuzz(
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
            ])
        fuzz.run(usually: 10_000) { input in
            for encoding in [TextEncoding.utf8, .gb18030] {
                for card in VCardReader.cards(input, encoding).cards where card.complaint == nil {
                    var row = ImportRow()
                    _ = row.fill(card)
                }
            }
            _ = VCardReader.lastCardEnd(input)
        }
    }

    @Test func workbooks() throws {
        let parts: [(String, String)] = [
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
        func book(_ change: (Int, [UInt8]) -> [UInt8]) throws -> [UInt8] {
            var (zip, bytes) = (ZipFile(), [UInt8]())
            for (index, part) in parts.enumerated() { bytes += try zip.file(part.0, change(index, Array(part.1.utf8))) }
            return bytes + zip.end()
        }
        let path = "/tmp/rapport-fuzz-\(UInt64.random(in: 0 ... .max)).xlsx"
        defer { unlink(path) }
        func read(_ bytes: [UInt8]) throws {
            try Data(bytes).write(to: URL(filePath: path))
            try XLSXReader.rows(path: path) { row, cells in Fuzz.hold(row > 0 && cells.count <= 20_000) }
        }
        // The archive itself, and each part within a whole one.
        Fuzz(
            "xlsx", bytes: [try book { $1 }],
            words: [[0x50, 0x4B, 3, 4], [0x50, 0x4B, 5, 6], [0xFF, 0xFF, 0xFF, 0xFF]]
        )
        .run(usually: 1000, read)
        let words = [
            "<", ">", "&amp;", "&#0;", "&#xFFFFFFFF;", "r=\"ZZZZZZZ1\"", "r=\"1048577\"", "t=\"s\"", "<v>", "</v>",
            "_x0000_", "<!DOCTYPE a [<!ENTITY b \"c\">]>",
        ]
        for index in parts.indices {
            Fuzz("xlsx-part\(index)", corpus: [parts[index].1], words: words).run(usually: 400) { input in
                try read(try book { $0 == index ? input : $1 })
            }
        }
    }
}
