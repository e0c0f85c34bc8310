import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import ServiceTestKit
import Testing

@testable import Contacts

private let partyState = """
    SELECT concat_ws('|', name, kind, email, phone, country, birthday, tags::text, custom::text,
        (SELECT reference FROM party_reference r WHERE r.party_id = p.id)) FROM party p ORDER BY name
    """

@Suite struct ImportTests {
    @Test @Loop func aChineseSpreadsheetOfAnyOrderQuotesAndEncodingComesIn() async throws {
        let desk = try await ImportDesk()
        _ = try await desk.service.send(.post, "/v1/fields", #"{"key":"score","label":"评分","type":"number"}"#)
        let text =
            "电话,姓名,备注,评分,鞋码,生日,标签\r\n138 0013 8000,王小明,\"第一行\n第二行, \"\"引号\"\"\",7.5,42,1990年5月1日,\"新、VIP\"\r\n\r\n,李四,,,,,\n"
        let bytes = try #require(gb18030(text))
        let done = try await desk.bring("", bytes)
        #expect(done.state == "done" && done.counts == [2, 2, 0, 0, 0], "\(done)")
        let expected = ["李四|consumer|{}|{}", "王小明|consumer|13800138000|1990-05-01|{新,VIP}|{\"score\": 7.5}"]
        #expect(try await desk.service.column(partyState) == expected)
        #expect(
            try await desk.service.column("SELECT notes FROM party WHERE notes IS NOT NULL") == ["第一行\n第二行, \"引号\""])
        #expect(try await desk.service.column("SELECT options->>'ignored' FROM party_import") == ["[\"鞋码\"]"])
        let again = try await desk.bring("", [0xEF, 0xBB, 0xBF] + Array(text.utf8))
        #expect(again.counts == [2, 1, 0, 1, 0], "the one with a phone is known, the other has nothing to know it by")
        await desk.close()
    }

    @Test @Loop func whatIsWrongIsToldByLineAndTheRestComesIn() async throws {
        let desk = try await ImportDesk()
        let text = """
            Name;E-Mail;Kind;Country
            Ann;ann@example.com;person;GB
            "Bob
            Builder";nobody;;
            ;only@example.com;;
            Eve;eve@example.com;alien;
            "=1+1, Ltd";ltd@example.com;company;DE

            """
        let done = try await desk.bring(text: text)
        #expect(done.state == "done" && done.counts == [5, 2, 0, 0, 3], "\(done)")
        let errors = try await desk.text("/v1/imports/\(done.id)/errors")
        let expected =
            "\u{FEFF}line,field,message,record,outcome,party\r\n3,email,is no mail address,\"\"\"Bob\nBuilder\"\";nobody;;\",refused,\r\n"
            + "5,name,is missing,\";only@example.com;;\",refused,\r\n6,kind,\"must be one of consumer, enterprise, partner, internal\","
            + "\"Eve;eve@example.com;alien;\",refused,\r\n"
        #expect(errors == expected)
        let export = try await desk.text("/v1/parties/export")
        #expect(export.contains(",\"'=1+1, Ltd\",enterprise,ltd@example.com,"))
        for (bad, why) in [("a,b\n1,2\n", "name"), ("Name\n\u{0}\n\"open", "")] {
            let failed = try await desk.bring(text: bad)
            #expect(why.isEmpty ? failed.refused == 2 : failed.error?.contains(why) == true, "\(failed)")
        }
        #expect(try await desk.send(.post, "/v1/imports?mapping=x", [65]).status == .badRequest)
        #expect(try await desk.send(.post, "/v1/imports").status == .badRequest)
        #expect(try await desk.send(.post, "/v1/imports/\(UUID())/undo").status == .notFound)
        await desk.close()
    }

    @Test @Loop func duplicatesAreMatchedInTheFileAndTheBaseAndADryRunTouchesNothing() async throws {
        let desk = try await ImportDesk()
        let id = try await desk.service.make("/v1/parties", #"{"name":"Ann","email":"ann@example.com","country":"GB"}"#)
        let text = """
            id,name,email,phone,country
            7,Ann Lee,ANN@example.com,,FR
            8,Bob,bob@example.com,+44 20 7946 0958,
            ,Bobby,,(+44) 2079460958,IE
            8,Robert,,,
            """
        let before = try await desk.service.column(partyState)
        let dry = try await desk.bring("?dryRun=true&duplicates=update", Array(text.utf8))
        #expect(dry.counts == [4, 1, 1, 2, 0])
        #expect(try await desk.service.column(partyState) == before)
        let skipped = try await desk.bring("", Array(text.utf8))
        #expect(skipped.counts == [4, 1, 0, 3, 0])
        #expect(
            try await desk.service.column(partyState) == [
                "Ann|consumer|ann@example.com|GB|{}|{}", "Bob|consumer|bob@example.com|+442079460958|{}|{}|8",
            ])
        // What figures say of a party, before and after, is no later work on it.
        let ordered = "UPDATE party SET version = version + 1, figures = figures + 1 RETURNING name"
        _ = try await desk.service.column(ordered)
        let updated = try await desk.bring("?duplicates=update", Array(text.utf8))
        #expect(updated.counts == [4, 0, 2, 2, 0])
        #expect(
            try await desk.service.column(partyState) == [
                "Ann Lee|consumer|ANN@example.com|FR|{}|{}|7",
                "Robert|consumer|bob@example.com|+442079460958|IE|{}|{}|8",
            ])
        let events = try await desk.service.outbox()
        #expect(events.count == 4 && events.filter { $0.contains("changed") }.count == 2)
        #expect(try await desk.service.send(.get, "/v1/parties?search=Robert").text.contains("Robert"))
        _ = try await desk.service.column(ordered)
        let undone = try await desk.undo(updated.id)
        #expect(undone.state == "undone" && undone.undone == 2 && undone.kept == 0)
        #expect(try await desk.service.faultsOfEvents() == [])
        #expect(try await desk.service.column("SELECT name || country FROM party WHERE id = '\(id)'") == ["AnnGB"])
        await desk.close()
    }

    @Test @Loop func anImportOfManyStepsResumesAndIsUndoneButForWhatWasChangedSince() async throws {
        let desk = try await ImportDesk()
        var text = "name,email,notes\n"
        let long = String(repeating: "注", count: 200)
        for number in 0..<4000 { text += "Person \(number),p\(number)@example.com,\"\(long)\n\(number)\"\n" }
        let answer = try await desk.send(.post, "/v1/imports", Array(text.utf8))
        let id = try JSONDecoder().decode(ImportDesk.Figures.self, from: Data(answer.body)).id
        #expect(try await desk.service.column("SELECT (chunks > 2)::text FROM party_import") == ["true"])
        // One step, then another worker goes on, as after a crash.
        #expect(try await ImportWorker(desk.service.context).step())
        let half = try await desk.service.column("SELECT state || (rows BETWEEN 1 AND 3999) FROM party_import")
        #expect(half == ["runningtrue"])
        let done = try await desk.finish(id)
        #expect(done.state == "done" && done.counts == [4000, 4000, 0, 0, 0], "\(done)")
        let sums = "SELECT count(*) || ' ' || count(DISTINCT email) || ' ' || min(length(notes)) FROM party"
        #expect(try await desk.service.column(sums) == ["4000 4000 202"])
        #expect(try await desk.service.column("SELECT count(*)::text FROM import_chunk") == ["0"])
        let csv = try await desk.text("/v1/parties/export?search=person&format=csv&headings=zh")
        #expect(csv.hasPrefix("\u{FEFF}编号,姓名,") && csv.split(separator: "\r\n").count == 4001)
        let kept = try await desk.service.column("SELECT id::text FROM party WHERE name = 'Person 17'")[0]
        let change = try await desk.service.send(
            .patch, "/v1/parties/\(kept)", #"{"country":"CN"}"#, headers: ["if-match": "\"1\""])
        #expect(change.status == 200)
        let undone = try await desk.undo(id)
        #expect(undone.state == "undone" && undone.undone == 3999 && undone.kept == 1)
        #expect(try await desk.service.column("SELECT name FROM party") == ["Person 17"])
        // Other services are told that they are gone, and not to forget anybody; nothing derived from those parties is left here.
        let told = try await desk.service.column(
            "SELECT payload FROM outbox WHERE type = 'contacts.party.removed.v1' ORDER BY id")
        let removed = try told.map { try ModelJSON.decoder.decode(PartyRemoved.self, from: Data($0.utf8)).partyId }
        #expect(Set(removed).count == 3999 && removed.count == 3999)
        let erased = "SELECT count(*)::text FROM outbox WHERE type LIKE 'contacts.party.erased%'"
        #expect(try await desk.service.column(erased) == ["0"])
        #expect(try await desk.service.tables(with: "p3218@example.com").isEmpty)
        let waiting =
            "SELECT count(*)::text FROM outbox WHERE type = 'contacts.party.created.v1' AND payload IS NOT NULL"
        #expect(try await desk.service.column(waiting) == ["1"])
        #expect(try await desk.send(.post, "/v1/imports/\(id)/undo").status == .conflict)
        await desk.close()
    }

    @Test @Loop func anUploadSentTwiceUnderAKeyIsOneImportAndAnEmptyOneIsNone() async throws {
        let desk = try await ImportDesk()
        let body = Array("name\nAnn\n".utf8)
        let first = try await desk.send(.post, "/v1/imports", body, key: "k1")
        let second = try await desk.send(.post, "/v1/imports", body, key: "k1")
        #expect(first.status == .accepted && second.status == .accepted)
        #expect(first.headers["location"] == second.headers["location"])
        #expect(try await desk.send(.post, "/v1/imports").status == .badRequest)
        #expect(try await desk.service.column("SELECT state FROM party_import") == ["queued"])
        await desk.close()
    }

    @Test @Loop func cardsGoOutAndComeInAgain() async throws {
        let desk = try await ImportDesk()
        let cards = """
            BEGIN:VCARD\r
            VERSION:3.0\r
            N:王;小明;;;\r
            FN:王小明\r
            item1.EMAIL;TYPE=INTERNET,WORK:wang@example.cn\r
            TEL;TYPE=CELL:+86 138-0013-8000\r
            ADR;TYPE=HOME:;;南京路 1 号\\, 3 楼;上海;;200000;CN\r
            BDAY:19900501\r
            NOTE:a long note that is fol\r
             ded\\nhere\r
            END:VCARD\r
            BEGIN:VCARD
            VERSION:4.0
            KIND:org
            FN:Smith\\, Jones\\; Co
            TEL;VALUE=uri;TYPE="voice,work":tel:+44-20-7946-0958
            CATEGORIES:vip,新
            END:VCARD
            BEGIN:VCARD
            VERSION:4.0
            EMAIL:nameless@example.com
            END:VCARD
            """
        let done = try await desk.bring("?format=vcard", text: cards)
        #expect(done.counts == [3, 2, 0, 0, 1], "\(done)")
        let state = try await desk.service.column(partyState)
        #expect(
            state == [
                "Smith, Jones; Co|enterprise|+442079460958|{vip,新}|{}",
                "王小明|consumer|wang@example.cn|+8613800138000|CN|1990-05-01|{}|{}",
            ])
        #expect(
            try await desk.service.column("SELECT notes FROM party WHERE notes IS NOT NULL") == [
                "a long note that is folded\nhere"
            ])
        let export = try await desk.text("/v1/parties/export?format=vcard")
        #expect(export.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 75 })
        _ = try await desk.undo(done.id)
        #expect(try await desk.service.column(partyState).isEmpty)
        let again = try await desk.bring("?format=vcard", text: export)
        #expect(again.counts == [2, 2, 0, 0, 0], "\(again)")
        let back =
            "SELECT concat_ws('|', name, kind, email, phone, country, birthday, tags::text) FROM party p ORDER BY name"
        #expect(
            try await desk.service.column(back) == [
                "Smith, Jones; Co|enterprise|+442079460958|{vip,新}",
                "王小明|consumer|wang@example.cn|+8613800138000|CN|1990-05-01|{}",
            ])
        await desk.close()
    }

    @Test @Loop func aRowThatNoRecordCanHoldIsRefusedAndTheOthersComeIn() async throws {
        let desk = try await ImportDesk()
        let marks = String(repeating: "\u{0301}", count: 3000)
        let rare = String(repeating: "𠀀", count: 200)
        let text = """
            firstname,lastname,id,language
            \(rare),\(rare),1,
            Ann,,a\(marks),
            Bob,,2,zz-
            Eve,,3,zh_CN

            """
        let done = try await desk.bring(text: text)
        #expect(done.state == "done" && done.counts == [4, 1, 0, 0, 3], "\(done)")
        let fields = try await desk.service.column("SELECT field FROM import_error ORDER BY line")
        #expect(fields == ["name", "reference", "language"])
        let cards = [
            "N:\u{0};Ann;;;", "FN:Ann\r\nADR:;;a\u{0};b;;;", "FN:Kim\r\nBDAY:--0412\r\nTZ:+0530",
            "FN:Lee\r\nBDAY;VALUE=text:circa 1800\r\nLANG:zh", "FN:Max\r\nBDAY:20110230",
            "FN:Zoe\r\nBDAY:19961022T140000Z\r\nTZ:-05:00",
        ].map { "BEGIN:VCARD\r\nVERSION:4.0\r\n\($0)\r\nEND:VCARD\r\n" }.joined()
        let read = try await desk.bring("?format=vcard", text: cards)
        #expect(read.state == "done" && read.counts == [6, 3, 0, 0, 3], "\(read)")
        let parties = try await desk.service.column(
            "SELECT concat_ws('|', name, birthday, language, time_zone) FROM party ORDER BY name")
        #expect(parties == ["Eve|zh-CN", "Kim", "Lee|zh", "Zoe|1996-10-22|Etc/GMT+5"])
        await desk.close()
    }

    @Test @Loop func anErasureTakesTheRowsOfAPersonThatWereRefusedToo() async throws {
        let desk = try await ImportDesk()
        let done = try await desk.bring(
            text: """
                name,email,kind,phone
                Quill,quill@a.example,alien,
                Q,,alien,(0138) 0013-8000
                Bob,bob@a.example,alien,
                Zoe,zo.quill@a.example,alien,
                Yan,quill@a.example.cn,alien,

                """)
        #expect(done.counts == [5, 0, 0, 0, 5])
        let id = try await desk.service.make(
            "/v1/parties", #"{"name":"Quill","email":"Quill@a.example","phone":"+8613800138000"}"#)
        let taken = try await desk.bring(text: "name,email,notes\nQuill,quill@a.example,personal\n")
        #expect(taken.counts == [1, 0, 0, 1, 0])
        #expect(try await desk.service.send(.post, "/v1/parties/\(id)/erasures", #"{"by":"q"}"#).status == 201)
        #expect(try await PartyIndexer(desk.service.context).step() == 0, "who is erased is not made to be found")
        // An address of which this one is a part is somebody else's.
        let kept = try await desk.service.column("SELECT left(record, 3) FROM import_error ORDER BY line")
        #expect(kept == ["Bob", "Zoe", "Yan"])
        // The same person comes again: a new party, of whom the old knows nothing.
        let again = try await desk.bring(text: "name,email\nQuill,quill@a.example\n")
        #expect(again.counts == [1, 1, 0, 0, 0])
        #expect(try await desk.service.column("SELECT name FROM party WHERE id = '\(id)'") == ["erased"])
        await desk.close()
    }

    @Test func piecesOfAnySizeAreReadAlike() throws {
        let text = "name,notes\r\n\"Ann \"\"A\"\"\",\"x\r\ny\"\r\n李四,\"逗号,引号\"\"\"\nBob,\n"
        let bytes = Array(text.utf8)
        func read(_ size: Int) throws -> [String] {
            var place = ImportPlace(header: nil, line: 1, carry: [])
            var options = ImportOptions(format: "csv")
            var rows: [String] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                let end = min(bytes.count, start + size)
                var parser = ImportParser(options, place, CustomFields(byKey: [:]), labels: [:])
                try parser.read(Array(bytes[start..<end]), isLast: end == bytes.count)
                (place, options) = (parser.place, parser.options)
                rows += parser.rows.map { "\($0.line) \($0.name ?? "-") \($0.words["notes"] ?? "-")" }
            }
            return rows
        }
        let whole = try read(bytes.count)
        #expect(whole == ["2 Ann \"A\" x\r\ny", "4 李四 逗号,引号\"", "5 Bob -"])
        for size in 1..<bytes.count { #expect(try read(size) == whole, "pieces of \(size)") }
    }
}

/// The text in GB18030, by the C library.
private func gb18030(_ text: String) -> [UInt8]? {
    let converter = iconv_open("GB18030", "UTF-8")
    guard converter != UnsafeMutableRawPointer(bitPattern: -1) else { return nil }
    defer { iconv_close(converter) }
    var input = text.utf8.map { CChar(bitPattern: $0) }
    var output = [CChar](repeating: 0, count: input.count * 4)
    var (left, room) = (input.count, output.count)
    let failed = input.withUnsafeMutableBufferPointer { source in
        output.withUnsafeMutableBufferPointer { target in
            var (from, to) = (source.baseAddress, target.baseAddress)
            return iconv(converter, &from, &left, &to, &room) == -1
        }
    }
    return failed ? nil : output[..<(output.count - room)].map { UInt8(bitPattern: $0) }
}
