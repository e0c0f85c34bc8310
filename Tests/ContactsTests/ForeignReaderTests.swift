import EventLoop
import Foundation
import HTTP
import ServiceTestKit
import TestKit
import Testing

@testable import Contacts

/// Programs that nobody here wrote read our files, and write files that ours reads: Python's csv, openpyxl, vobject.
@Suite struct ForeignReaderTests {
    private static let names = [
        "王小明", "O’Neil; \"x\", y", "=1+1", "two\nlines", "back\\slash", "ü, é", "@home", "Zoë | Q",
        "a long name that is folded, for a card's line is of 75 bytes at most, 王小明王小明王小明",
    ]

    /// Prints the names of a file, a line of JSON each.
    private static let reading = """
        import csv, json, sys
        kind, path = sys.argv[1:]
        if kind == 'csv':
            rows = list(csv.DictReader(open(path, encoding='utf-8-sig', newline='')))
            out = [(r['name'], r['email'], r['phone']) for r in rows]
        elif kind == 'xlsx':
            import openpyxl
            rows = list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))
            at = [rows[0].index(h) for h in ('name', 'email', 'phone')]
            out = [tuple(r[i] or '' for i in at) for r in rows[1:]]
        else:
            import vobject
            out = [(c.fn.value, c.email.value, c.tel.value.replace('tel:', ''))
                for c in vobject.readComponents(open(path, encoding='utf-8', newline='').read())]
        for one in sorted(out): print(json.dumps(one, ensure_ascii=False))
        """
    /// Writes a file of them.
    private static let writing = """
        import csv, json, sys
        kind, path, names = sys.argv[1:]
        people = [(n, 'p%d@mail.example' % i, '+4930123%04d' % i) for i, n in enumerate(json.loads(names))]
        if kind == 'csv':
            with open(path, 'w', encoding='utf-8', newline='') as f: csv.writer(f).writerows([('Name', 'Email', 'Phone')] + people)
        elif kind == 'xlsx':
            import openpyxl
            book = openpyxl.Workbook()
            for row in [('Name', 'Email', 'Phone')] + people:
                book.active.append(row)
                for cell in book.active[book.active.max_row]: cell.data_type = 's'
            book.save(path)
        else:
            import vobject
            with open(path, 'w', encoding='utf-8', newline='') as f:
                for name, mail, phone in people:
                    card = vobject.vCard()
                    card.add('n').value = vobject.vcard.Name(family=name)
                    card.add('fn').value = name
                    card.add('email').value = mail
                    card.add('tel').value = phone
                    f.write(card.serialize())
        """

    @Test(arguments: ["csv", "xlsx", "vcard"]) @Loop
    func ourFilesAreReadByOthersAndTheirsByUs(_ kind: String) async throws {
        let packages = ["openpyxl==3.1.5", "vobject==0.9.9"]
        guard let python = try await PythonEnvironment.find("readers", packages: packages) else { return }
        let folder = try TestPaths.temporaryFolder()
        defer { TestPaths.remove(folder) }
        func run(_ script: String, _ arguments: [String]) async throws -> String {
            let path = "\(folder)/script.py"
            try Data(script.utf8).write(to: URL(fileURLWithPath: path))
            let done = try await python.run(
                "\(python.programs)/python", ["-X", "utf8", path] + arguments, within: .seconds(60))
            #expect(done.isSuccess, "\(done.output)")
            return done.output
        }
        // Theirs, read by us.
        let desk = try await ImportDesk()
        let (theirs, ours) = ("\(folder)/theirs.\(kind)", "\(folder)/ours.\(kind)")
        let names = String(decoding: try JSONSerialization.data(withJSONObject: Self.names), as: UTF8.self)
        _ = try await run(Self.writing, [kind, theirs, names])
        let file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: theirs)))
        let done = try await desk.bring("?format=\(kind == "vcard" ? "vcard" : "csv")", file)
        #expect(done.counts == [9, 9, 0, 0, 0], "\(done)")
        let stored = try await desk.service.column("SELECT name FROM party ORDER BY email")
        // A name is one line.
        let kept = Self.names.map { $0.replacing("\n", with: " ") }
        #expect(stored == kept, "\(stored)")
        // Ours, read by them.
        let export = try await desk.send(.get, "/v1/parties/export?format=\(kind)")
        try Data(export.body).write(to: URL(fileURLWithPath: ours))
        let lines = try await run(Self.reading, [kind, ours]).split(separator: "\n")
        let read = try lines.map { try JSONDecoder().decode([String].self, from: Data($0.utf8)) }
        // A spreadsheet shows the apostrophe before what it would run, and does not run it; a card has one kind of line ends.
        let told = Set(read.map { kind == "vcard" || !$0[0].hasPrefix("'") ? $0[0] : String($0[0].dropFirst()) })
        #expect(told == Set(kept), "\(read)")
        #expect(Set(read.map { $0[1] }).count == 9)
        await desk.close()
    }
}
