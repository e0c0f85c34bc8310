import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Postgres
import ServiceTestKit
import Testing
import Text

@testable import Contacts

/// Files as programs and telephones write them, read without a database.
@Suite struct ImportFileTests {
    private func read(_ text: String, _ format: String = "csv") throws -> ImportParser {
        try read(Array(text.utf8), format)
    }

    private func read(_ bytes: [UInt8], _ format: String = "csv", _ encoding: TextEncoding = .utf8) throws
        -> ImportParser
    {
        var options = ImportOptions(format: format)
        options.encoding = encoding.rawValue
        var parser = ImportParser(
            options, ImportPlace(header: nil, line: 1, carry: []), CustomFields(byKey: [:]), labels: [:])
        try parser.read(bytes, isLast: true)
        return parser
    }

    private func card(_ lines: String...) -> String {
        (["BEGIN:VCARD"] + lines + ["END:VCARD", ""]).joined(separator: "\r\n")
    }

    @Test func googleWritesSeveralInACell() throws {
        let row = try #require(
            try read(
                """
                First Name,Middle Name,Last Name,Organization Name,Organization Title,Birthday,Notes,Labels,E-mail 1 - Label,E-mail 1 - Value,\
                Phone 1 - Label,Phone 1 - Value
                Gus,M,Google,Acme G,Boss,1990-02-03,hi,* myContacts ::: vip,* Home,gus@goog.example ::: gus2@goog.example,Mobile,\
                +1 202-555-0199 ::: +1 202-555-0198
                """
            ).rows.first)
        #expect(row.name == "Gus M Google" && row.birthday == "1990-02-03" && row.tags == ["vip"])
        #expect(
            row.emails.map(\.address) == ["gus@goog.example", "gus2@goog.example"]
                && row.emails.map(\.label) == ["home", "home"])
        #expect(row.phones.map(\.number) == ["+12025550199", "+12025550198"] && row.phones[0].label == "cell")
        #expect(row.details.organisation == "Acme G" && row.details.title == "Boss" && row.words["notes"] == "hi")
    }

    @Test func outlookWritesAColumnForEachKind() throws {
        let text = """
            "First Name","Last Name","Company","Job Title","Business Phone","Mobile Phone","E-mail Address","E-mail 2 Address",\
            "Business Street","Business City","Business Country/Region","Birthday"\r
            "Otto","Outlook","Acme O","CEO","+1 202 555 0188","+1 202 555 0187","otto@out.example","o2@out.example","1 Main St","Springfield",\
            "United States","2/3/1990"\r

            """
        let row = try #require(try read(text).rows.first)
        #expect(
            row.phones.map(\.number) == ["+12025550188", "+12025550187"] && row.phones.map(\.label) == ["work", "cell"])
        #expect(
            row.emails.count == 2 && row.details.addresses?.first?.city == "Springfield" && row.words["country"] == "US"
        )
        #expect(
            row.birthday == nil && row.oddities.first?.contains("may be one of two days") == true, "\(row.oddities)")
    }

    @Test(arguments: [
        ("姓名,電話,電子郵件,國家,公司\n陳小文,0912-345-678,chen2@tw.example,台灣,好公司\n", "陳小文 +886912345678 chen2@tw.example TW 好公司"),
        ("姓名,手机,电子邮箱,国家,单位\n王小明,138 0013 8000,w@x.example,中国,好公司\n", "王小明 +8613800138000 w@x.example CN 好公司"),
        (
            "Nachname;Vorname;E-Mail-Adresse;Mobiltelefon;Land;Firma\nMüller;Jörg;j@x.example;0171 1234567;Deutschland;AG\n",
            "Jörg Müller +491711234567 j@x.example DE AG"
        ),
        (
            "\u{FEFF}sep=;\r\nName;Email;Phone\r\nSeppa Semi;seppa@sep.example;+4930123456\r\n",
            "Seppa Semi +4930123456 seppa@sep.example"
        ),
        ("Name,Email\rCarol Cr,carol@cr.example\rDan Cr,dan@cr.example\r", "Carol Cr carol@cr.example"),
        ("Name\tE-mail\nTab\tt@x.example\n", "Tab t@x.example"),
    ])
    func headingsAreKnownInFourWritings(_ text: String, _ expected: String) throws {
        let row = try #require(try read(text).rows.first)
        let parts = [
            row.name, row.phones.first?.number, row.emails.first?.address, row.words["country"],
            row.details.organisation,
        ]
        #expect(parts.compactMap { $0 }.joined(separator: " ") == expected)
    }

    @Test(
        arguments: [
            ("1990-02-03T00:00:00Z", "1990-02-03"), ("1990-02-03 00:00:00", "1990-02-03"), ("3.2.1990", "1990-02-03"),
            ("23/2/1990", "1990-02-23"),
            ("2/23/1990", "1990-02-23"), ("2/2/1990", "1990-02-02"), ("1990年2月3日", "1990-02-03"), ("2/3/1990", nil),
            ("31.2.1990", nil),
        ] as [(String, String?)])
    func daysAreReadWhereTheyAreOne(_ text: String, _ day: String?) { #expect(ImportRow.day(text) == day) }

    @Test func aRowWithMoreCellsThanHeadingsIsRefused() throws {
        let parser = try read("Name,Email,Notes\nBob Quote,bob@q.example,said \"hi\", ok\nAnn,a@q.example,x,,\n")
        #expect(parser.rows.map(\.name) == ["Ann"] && parser.errors.first?.message.contains("more cells") == true)
    }

    @Test func oldTelephonesWriteQuotedPrintableAndTheirOwnEncodings() throws {
        let android = card(
            "VERSION:2.1", "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E5=88=98;=E5=BB=BA=E5=9B=BD;;;",
            "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E5=88=98=E5=BB=BA=E5=", "=9B=BD",
            "TEL;CELL;PREF:+8613911112222",
            "NOTE;ENCODING=QUOTED-PRINTABLE:line one=0D=0Aline two")
        let row = try #require(try read(android, "vcard").rows.first)
        #expect(row.name == "刘建国" && row.words["notes"] == "line one\nline two" && row.phones.first?.label == "cell")
        let outlook =
            Array("BEGIN:VCARD\r\nVERSION:2.1\r\nFN;CHARSET=Windows-1252:J".utf8) + [0xF6] + Array("rg M".utf8) + [0xFC]
            + Array("ller\r\nEND:VCARD\r\n".utf8)
        #expect(try read(outlook, "vcard").rows.first?.name == "Jörg Müller")
        let chinese = Array("BEGIN:VCARD\r\nVERSION:2.1\r\nFN:".utf8) + [0xCD, 0xF5] + Array("\r\nEND:VCARD\r\n".utf8)
        #expect(try read(chinese, "vcard", .gb18030).rows.first?.name == "王")
        let unknown = try read(card("VERSION:2.1", "FN;CHARSET=KOI8-R:x", "TEL:+4930123"), "vcard")
        #expect(unknown.errors.first?.message.contains("no encoding") == true)
    }

    @Test func linesAreUnfoldedBeforeTheyAreDecodedAndABadCardIsOneRow() throws {
        let name = Array("田中王小明".utf8)
        // Folded at every byte, also within characters.
        for cut in 1..<name.count {
            let bytes =
                Array("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:".utf8) + name[..<cut] + Array("\r\n ".utf8) + name[cut...]
                + Array("\r\nEND:VCARD\r\n".utf8)
            #expect(try read(bytes, "vcard").rows.first?.name == "田中王小明", "\(cut)")
        }
        let bad =
            Array(card("VERSION:3.0", "FN:A").utf8) + Array("BEGIN:VCARD\r\nFN:J".utf8) + [0xF6]
            + Array("rg\r\nEND:VCARD\r\n".utf8)
            + Array(card("VERSION:3.0", "FN:B").utf8)
        let parser = try read(bad, "vcard")
        #expect(parser.rows.map(\.name) == ["A", "B"] && parser.errors.count == 1)
    }

    @Test func noRecordIsLostWithoutAWord() throws {
        let blanks = card("FN:A") + "BEGIN:VCARD \r\nFN:B\r\nEND:VCARD  \r\n" + "begin:vcard\r\nFN:C\r\nend:vcard\r\n"
        #expect(try read(blanks, "vcard").rows.map(\.name) == ["A", "B", "C"])
        #expect(try read("Name,Email\r\nA,a@b.example\r\n", "vcard").errors.count == 1)
        #expect(throws: ImportFailure.self) { try read(card("FN:A"), "csv") }
        let open = try read("BEGIN:VCARD\r\nFN:A\r\n" + card("FN:B"), "vcard")
        #expect(open.rows.map(\.name) == ["B"] && open.errors.first?.message.contains("END:VCARD") == true)
        let mac = card("FN:A").replacing("\r\n", with: "\r") + card("FN:B").replacing("\r\n", with: "\r")
        #expect(try read(mac, "vcard").rows.map(\.name) == ["A", "B"])
    }

    @Test func cardsSayWhatIsPreferredAndGroupsAreNobody() throws {
        let apple = card(
            "VERSION:3.0", "FN:Petra Grouped", "N:Grouped;Petra;;;", "item1.EMAIL;type=INTERNET:old.petra@grp.example",
            "item1.X-ABLabel:_$!<Other>!$_", "EMAIL;type=INTERNET;type=WORK;type=pref:petra@grp.example",
            "item2.TEL:+12025554444",
            "item2.X-ABLabel:Boat phone", "TEL;type=CELL;type=VOICE;type=pref:+12025558888",
            "BDAY;X-APPLE-OMIT-YEAR=1604:1604-05-09")
        let petra = try #require(try read(apple, "vcard").rows.first)
        #expect(petra.emails.map(\.address) == ["petra@grp.example", "old.petra@grp.example"])
        #expect(petra.emails.map(\.label) == ["work", "other"] && petra.phones.map(\.label) == ["cell", "Boat phone"])
        #expect(petra.birthday == nil && petra.name == "Petra Grouped")
        let four = card(
            "VERSION:4.0", "FN:Paul", "EMAIL;PREF=10;TYPE=home:paul.home@pref.example",
            "EMAIL;PREF=1;TYPE=work:paul.work@pref.example",
            "TEL;VALUE=uri;PREF=2;TYPE=\"home\":tel:+1-202-666-6666",
            "TEL;VALUE=uri;PREF=1;TYPE=\"voice\":tel:+1-202-555-5555;ext=5555")
        let paul = try #require(try read(four, "vcard").rows.first)
        #expect(paul.emails.first?.address == "paul.work@pref.example")
        #expect(paul.phones.first?.number == "+12025555555" && paul.phones.first?.extension == "5555", "\(paul.phones)")
        let groups = try read(
            card("X-ADDRESSBOOKSERVER-KIND:group", "FN:Hiking Club")
                + card("VERSION:4.0", "KIND:group", "FN:Rowing Club"), "vcard")
        #expect(groups.rows.isEmpty && groups.errors.count == 2)
    }

    @Test func anOddNumberLosesNobodyAndAnAgentIsAnother() throws {
        let odd = try read(
            card("FN:Star Code", "TEL;TYPE=CELL:*100#", "TEL;TYPE=CELL:+4930123782")
                + card("FN:Exten Sion", "TEL:+1 202-555-0151 x 22")
                + card("FN:Pause Man", "TEL:+12025550152,,1234#") + card("FN:Word", "TEL:call the office"), "vcard")
        #expect(odd.rows.map(\.name) == ["Star Code", "Exten Sion", "Pause Man", "Word"] && odd.errors.isEmpty)
        #expect(
            odd.rows[0].phones.map(\.number) == ["*100#", "+4930123782"] && odd.rows[1].phones[0].extension == "22")
        #expect(odd.rows[2].phones[0].number == "+12025550152" && !odd.rows[3].oddities.isEmpty)
        let nested =
            "BEGIN:VCARD\r\nVERSION:2.1\r\nFN:Outer Boss\r\nTEL:+4930123780\r\nAGENT:\r\nBEGIN:VCARD\r\nFN:Inner Aide\r\n"
            + "TEL:+4930123781\r\nEND:VCARD\r\nEMAIL:boss@agent.example\r\nEND:VCARD\r\n"
        let boss = try read(nested, "vcard")
        #expect(
            boss.rows.map(\.name) == ["Outer Boss"] && boss.rows[0].emails.count == 1 && boss.rows[0].phones.count == 1)
        #expect(VCardReader.lastCardEnd(Array(nested.utf8)) == nested.utf8.count)
    }

    @Test func cardsAreReadAlikeInPiecesOfAnySize() throws {
        let text =
            card("VERSION:3.0", "FN:王小明", "TEL:+8613800138000") + card("FN:Bob", "NOTE:a long", " note") + card("FN:Cy")
        let bytes = Array(text.utf8)
        for size in 1..<bytes.count {
            var place = ImportPlace(header: nil, line: 1, carry: [])
            var names: [String] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                let end = min(bytes.count, start + size)
                var parser = ImportParser(ImportOptions(format: "vcard"), place, CustomFields(byKey: [:]), labels: [:])
                try parser.read(Array(bytes[start..<end]), isLast: end == bytes.count)
                place = parser.place
                names += parser.rows.map { "\($0.line) \($0.name ?? "")" } + parser.errors.map(\.message)
            }
            #expect(names == ["1 王小明", "6 Bob", "11 Cy"], "\(size)")
        }
    }

    @Test(
        arguments: [
            ("Anna Switch", "anna@sw.example", "Bert Switch", "bert@sw.example", false),
            ("Bob", "a@x.example", "Bobby", nil, true),
            ("Ann", "a@x.example", "Ann Lee", nil, true), ("Card One", nil, "Card Two", nil, false),
            ("王小明", nil, "王小明先生", nil, true),
            ("王小明", nil, "李四", nil, false), ("Zoë Müller", nil, "MULLER Zoe", nil, true),
            ("王小明", nil, "Wang Xiaoming", nil, true),
        ] as [(String, String?, String, String?, Bool)])
    func aSharedNumberIsNoIdentity(
        _ one: String, _ oneMail: String?, _ other: String, _ otherMail: String?, _ same: Bool
    ) {
        let a = ImportIdentity(name: one, mail: oneMail, phone: "+4930555100")
        let b = ImportIdentity(name: other, mail: otherMail, phone: "+4930555100")
        #expect(a.isOne(with: b) == same && b.isOne(with: a) == same)
    }
}
