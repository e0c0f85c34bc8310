import EventLoop
import Foundation
import HTTP
import ServiceTestKit
import Sheets
import Testing
import Text

@testable import Contacts

/// What is shown of a file before it comes in.
@Suite struct ImportPreviewTests {
    @Test @Loop func aWorkbookAndASetAreShownToo() async throws {
        let desk = try await ImportDesk()
        let path = NSTemporaryDirectory() + "preview-\(UUID().uuidString).xlsx"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let writer = try XLSXWriter(path: path, headings: ["姓名", "手机", "鞋码"])
        for number in 0..<30 { try writer.write(["王\(number)", "1380013800\(number % 10)", "42"]) }
        try writer.close()
        let book = try await desk.send(
            .post, "/v1/imports/preview", [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
        let shown = String(decoding: book.body, as: UTF8.self)
        #expect(book.status == .ok && shown.contains("王19") && !shown.contains("王20"), "\(shown)")
        #expect(shown.contains("no field goes by this heading"))
        var zip = ZipFile()
        let set =
            try zip.file("Contact.csv", Array("Id,LastName,AccountId,HasOptedOutOfEmail\n1,Lee,2,1\n".utf8))
            + zip.file("Account.csv", Array("Id,Name,BillingCity\n2,Alpha,Bern\n".utf8)) + zip.end()
        let answer = try await desk.send(.post, "/v1/imports/preview", set)
        let text = String(decoding: answer.body, as: UTF8.self)
        #expect(answer.status == .ok && text.contains("Lee") && text.contains("Alpha"), "\(text)")
        let broken = try await desk.send(.post, "/v1/imports/preview", Array(set.prefix(60)))
        #expect(broken.status == .badRequest)
        #expect(try await desk.service.column("SELECT count(*)::text FROM party_import") == ["0"])
        await desk.close()
    }

    /// What is not there is described so: cards have no separator, and columns that nobody knows set nothing.
    @Test(arguments: [("csv", "name,shoe\nAnn,42\n"), ("vcard", "BEGIN:VCARD\nFN:Ann\nEND:VCARD\n"), ("vcard", "x\n")])
    @Loop func aPreviewIsAsItIsDescribed(_ format: String, _ text: String) async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let answer = try await service.send(
            .post, "/v1/imports/preview?format=\(format)", text, headers: ["content-type": "text/csv"])
        #expect(answer.status == 200, "\(answer.text)")
    }

    @Test(arguments: [
        ("<p>a</p><p>b</p>", "a\nb"), ("a<br>b", "a\nb"), ("1 &lt; 2 &amp;&#38; &#x41;", "1 < 2 && A"),
        ("no tags", "no tags"), ("a < b", "a < b"), ("<b>bold</b> &nosuch; x", "bold &nosuch; x"),
        ("<div>x</div>\u{301}", "x\n\u{301}"),
    ])
    func notesAreTextWithoutTheirTags(_ html: String, _ text: String) {
        #expect(
            PlainText.of(html: html).unicodeScalars.elementsEqual(text.unicodeScalars), "\(PlainText.of(html: html))")
    }
}
