import CRMModel
import Crypto
import EventLoop
import Foundation
import HTTP
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Contacts

/// What goes out comes in again as it was.
@Suite struct ExchangeTests {
    /// All that a file can say of a party.
    private static let state = """
        SELECT to_jsonb(p) - ARRAY['id', 'version', 'created_at', 'updated_at', 'search_text', 'search_terms', 'sort_name', 'merged_into']
            || jsonb_build_object('refs', (SELECT jsonb_agg(ARRAY[r.system, r.reference] ORDER BY r.system, r.reference)
                FROM party_reference r WHERE r.party_id = p.id)) FROM party p ORDER BY name, p.id
        """

    /// A random party that says of each field something or nothing, in many writings.
    private func party(_ number: Int, _ chance: inout SeededGenerator) -> String {
        let texts = [
            "王小明", "O’Neil; \"x\", y", "=1+1", "+49", "'=q", "two\nlines", "back\\slash", "a;b", "ü, é", "@home", "-5",
            "tab\there", "Zoë | Q",
            // A combining mark makes one Character with the sign that comes before it in a file.
            "\u{301}mark", "q\"\u{301}, w;\u{301} x=\u{301} y\\\u{301}z",
        ]
        func text() -> String { texts.randomElement(using: &chance) ?? "x" }
        func maybe<T>(_ value: T) -> T? { Bool.random(using: &chance) ? value : nil }
        func few<T>(_ make: () -> T) -> [T] { (0..<Int.random(in: 0...3, using: &chance)).map { _ in make() } }
        var members: [String: Any] = ["name": "\(text()) \(number)"]
        members["kind"] = ["consumer", "enterprise", "partner", "internal"].randomElement(using: &chance)
        members["country"] = maybe(["DE", "CN", "US"].randomElement(using: &chance) ?? "DE")
        members["language"] = maybe("zh-Hant")
        members["timeZone"] = maybe("Asia/Shanghai")
        members["notes"] = maybe("note \(text())\n\(text())")
        members["owner"] = maybe(text())
        members["category"] = maybe("investment")
        members["birthday"] = maybe("1990-02-03")
        members["organisation"] = maybe("org \(text())")
        members["title"] = maybe(text())
        members["tags"] = maybe(Array(Set(few { text() })).sorted())
        members["likes"] = maybe(Array(Set(few { text() })).sorted())
        var place = 0
        func next() -> Int {
            place += 1
            return place
        }
        members["emails"] = few {
            [
                "address": "p\(number).\(next())@mail.example",
                "label": maybe(["work", "Boat; x", "手机"].randomElement(using: &chance) ?? ""),
            ]
        }
        .map { $0.compactMapValues { $0 } }
        members["phones"] = few {
            [
                "number": "+49301234\(100 + number * 4 + next())",
                "label": maybe(["cell", "Büro"].randomElement(using: &chance) ?? ""),
                "extension": maybe("12"),
            ]
        }.map { $0.compactMapValues { $0 } }
        members["addresses"] = few {
            [
                "label": maybe("home"), "street": "Str; \(next())", "city": maybe(text()), "postalCode": maybe("0123"),
                "country": maybe("GB"),
            ]
        }.map { $0.compactMapValues { $0 } }
        members["handles"] = few { ["network": "wechat", "handle": "\(text())\(next())"] }
        members["preferences"] = maybe(["size": "L; \(text())", "colour, x": "red=\(text())"])
        members["custom"] = maybe(["score": 7.5, "grade": "金"] as [String: Any])
        let data = (try? JSONSerialization.data(withJSONObject: members)) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }

    @Test(arguments: ["csv", "xlsx", "vcard"]) @Loop
    func whatIsExportedIsImportedAsItWas(format: String) async throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var chance = SeededGenerator(seed: seed)
        let desk = try await ImportDesk()
        for field in [
            #"{"key":"score","label":"Score","type":"number"}"#, #"{"key":"grade","label":"Grade","type":"text"}"#,
        ] {
            _ = try await desk.service.send(.post, "/v1/fields", field)
        }
        for number in 0..<60 {
            let id = try await desk.service.make("/v1/parties", party(number, &chance))
            if number % 3 == 0 {
                _ = try await desk.service.send(.put, "/v1/parties/\(id)/references/shop/S\(number)")
            }
        }
        let before = try await desk.service.column(Self.state + "")
        let answer = try await desk.send(.get, "/v1/parties/export?format=\(format)")
        #expect(answer.status == .ok)
        // Over itself nothing changes, and nobody is told of anything.
        let kind = format == "vcard" ? "format=vcard&" : ""
        let told = try await desk.service.outbox().count
        let over = try await desk.bring("?\(kind)duplicates=update", answer.body)
        let complaints = try await desk.text("/v1/imports/\(over.id)/errors")
        #expect(over.counts == [60, 0, 0, 60, 0], "\(over) \(complaints.prefix(2000))")
        let now = try await desk.service.column(Self.state)
        for (one, two) in zip(before, now) where one != two { Issue.record("\(one)\n\(two)") }
        #expect(try await desk.service.outbox().count == told)
        // And in an empty base it is all there again.
        let other = try await ImportDesk()
        for field in [
            #"{"key":"score","label":"Score","type":"number"}"#, #"{"key":"grade","label":"Grade","type":"text"}"#,
        ] {
            _ = try await other.service.send(.post, "/v1/fields", field)
        }
        let fresh = try await other.bring("?\(kind)duplicates=create", answer.body)
        #expect(fresh.counts == [60, 60, 0, 0, 0], "\(fresh)")
        let columns = ExportColumn.all.map(\.name).filter { !["partyId", "createdAt", "updatedAt"].contains($0) }
        let path = "/v1/parties/export?columns=\((columns + ["custom.score", "custom.grade"]).joined(separator: ","))"
        let (one, two) = (try await desk.text(path), try await other.text(path))
        for (one, two) in zip(one.split(separator: "\r\n"), two.split(separator: "\r\n")) where one != two {
            Issue.record("\(one)\n\(two)")
            break
        }
        await desk.close()
        await other.close()
    }

    @Test @Loop func columnsAreChosen() async throws {
        let desk = try await ImportDesk()
        _ = try await desk.service.make("/v1/parties", #"{"name":"Ann","phone":"+4930123456","email":"a@b.example"}"#)
        let text = try await desk.text("/v1/parties/export?columns=phone,name")
        #expect(text == "\u{FEFF}phone,name\r\n+4930123456,Ann\r\n")
        #expect(try await desk.send(.get, "/v1/parties/export?columns=nothing").status == .badRequest)
        await desk.close()
    }

    @Test @Loop func aPreviewSaysWhatIsTakenForWhatAndWhy() async throws {
        let desk = try await ImportDesk()
        let text = "Name;Contact;Colour;Mobile Phone\nAnn;a@b.example;red;+4930123456\nBob;b@b.example;blue;030 1\n"
        let answer = try await desk.send(.post, "/v1/imports/preview", Array(text.utf8))
        let shown = String(decoding: answer.body, as: UTF8.self)
        #expect(answer.status == .ok && shown.contains("no field goes by this heading"), "\(shown)")
        #expect(shown.contains(#""suggestion" : "email""#) || shown.contains(#""suggestion":"email""#), "\(shown)")
        #expect(try await desk.service.column("SELECT count(*)::text FROM party_import") == ["0"])
        await desk.close()
    }

    @Test @Loop func filesOfOtherEncodingsComeInRightOrNotAtAll() async throws {
        let desk = try await ImportDesk()
        let latin =
            Array("Name;Email\nJ".utf8) + [0xFC] + Array("rgen M".utf8) + [0xFC] + Array("ller;jm@cp.example\n".utf8)
        #expect(try await desk.bring("", latin).counts == [1, 1, 0, 0, 0])
        #expect(try await desk.service.column("SELECT name FROM party") == ["Jürgen Müller"])
        let wide = Array("Name\tEmail\r\n王小明\tw@x.example\r\n".utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(try await desk.bring("", [0xFF, 0xFE] + wide).counts == [1, 1, 0, 0, 0])
        #expect(try await desk.service.column("SELECT name FROM party WHERE email LIKE 'w@%'") == ["王小明"])
        let failed = try await desk.bring("", Array("Name\n".utf8) + [0xFF, 0x80, 0x81, 0x0A])
        #expect(failed.state == "failed" && failed.error?.contains("were tried") == true, "\(failed)")
        await desk.close()
    }

    @Test @Loop func peopleOfOneSwitchboardAreSeveralAndWhoIsSkippedIsTold() async throws {
        let desk = try await ImportDesk()
        let first = try await desk.bring(
            text: "Name,Phone,Email\nAnna Switch,+4930555100,anna@sw.example\nBert Switch,+4930555100,bert@sw.example\n"
        )
        #expect(first.counts == [2, 2, 0, 0, 0])
        let second = try await desk.bring(
            "?duplicates=update", Array("Name,Phone,Email\nDora Switch,+4930555100,dora@sw.example\n".utf8))
        #expect(second.counts == [1, 1, 0, 0, 0])
        let third = try await desk.bring(
            text: "Name,Email\nAnna S.,anna@sw.example\nNew,n@sw.example\nNew Name,n@sw.example\n")
        #expect(third.counts == [3, 1, 0, 2, 0])
        let anna = try await desk.service.column("SELECT id::text FROM party WHERE name = 'Anna Switch'")[0]
        let told = try await desk.text("/v1/imports/\(third.id)/errors")
        #expect(told.contains(",skipped,\(anna)") && told.contains("is one with line 3"), "\(told)")
        #expect(
            try await desk.bring(text: "Name,Company,Phone\nAda,Alpha,101\nBob,Beta,101\n").counts == [2, 2, 0, 0, 0])
        await desk.close()
    }

    @Test @Loop func importsTakeTurns() async throws {
        let desk = try await ImportDesk()
        var text = "name,notes\n"
        for number in 0..<9000 { text += "Person \(number),\(String(repeating: "x", count: 200))\n" }
        for body in [text, "name\nAnn\n"] {
            #expect(try await desk.send(.post, "/v1/imports", Array(body.utf8)).status == .accepted)
        }
        let worker = ImportWorker(desk.service.context)
        #expect(try await worker.step())
        #expect(try await worker.step())
        let states = try await desk.service.column(
            "SELECT state || ' ' || (chunks > 1) FROM party_import ORDER BY chunks")
        #expect(states == ["done false", "running true"])
        while try await worker.step() {}
        await desk.close()
    }

    /// A party that is deleted is looked for wherever others point at it: without an index that is the whole table, for each.
    @Test @Loop func everyForeignKeyHasItsIndex() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let bare = try await service.column(
            """
            SELECT c.conrelid::regclass || ' ' || c.conname FROM pg_constraint c
            WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace AND NOT EXISTS (
                SELECT FROM pg_index i WHERE i.indrelid = c.conrelid
                    AND (string_to_array(i.indkey::text, ' ')::smallint[])[1:cardinality(c.conkey)] @> c.conkey) ORDER BY 1
            """)
        #expect(bare == [])
    }
}
