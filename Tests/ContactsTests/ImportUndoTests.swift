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

/// What an undo takes back, what it keeps, and how large files may be.
@Suite struct ImportUndoTests {
    @Test @Loop func anUndoKeepsNewPartiesOfWhichOthersKnowByThen() async throws {
        let desk = try await ImportDesk()
        let names = ["Merged", "Survivor", "Known", "Called", "Plain"]
        let done = try await desk.bring(text: "name\n\(names.joined(separator: "\n"))\n")
        var ids: [String: String] = [:]
        for name in names {
            ids[name] = try await desk.service.column("SELECT id::text FROM party WHERE name = '\(name)'")[0]
        }
        let other = try await desk.service.make("/v1/parties", #"{"name":"Other"}"#)
        _ = try await desk.service.make(
            "/v1/parties/\(ids["Survivor"] ?? "")/merges", #"{"mergedId":"\#(other.text)"}"#,
            headers: ["if-match": "\"1\""])
        _ = try await desk.service.make(
            "/v1/parties/\(try await desk.service.make("/v1/parties", #"{"name":"X"}"#).text)/merges",
            #"{"mergedId":"\#(ids["Merged"] ?? "")"}"#, headers: ["if-match": "\"1\""])
        let known = try #require(UUID(text: ids["Known"] ?? ""))
        try await desk.service.transaction { transaction in
            transaction.enqueue(TimelineStore.touch, [known], [Date()], ["ticket.opened"], ["T"], ["x"])
        }
        let refer = "/v1/parties/\(ids["Called"] ?? "")/references/shop/S-1"
        #expect(try await desk.service.send(.put, refer).status == 204)
        let undone = try await desk.undo(done.id)
        #expect(undone.state == "undone" && undone.undone == 1 && undone.kept == 4, "\(undone)")
        #expect(
            try await desk.service.column("SELECT name FROM party ORDER BY name")
                == ["Called", "Known", "Merged", "Other", "Survivor", "X"])
        await desk.close()
    }

    /// The version of a record is that of what people edit: what raises that of the party's events keeps nobody from an undo.
    @Test @Loop func anUndoPutsCustomersBackWhoBoughtMeanwhile() async throws {
        let desk = try await ImportDesk()
        let ann = try await desk.service.make("/v1/parties", #"{"name":"Ann","email":"ann@a.example"}"#)
        let allows = #"{"channel":"mail","purpose":"marketing","granted":true}"#
        func decide(_ purpose: String) async throws {
            _ = try await desk.service.send(
                .put, "/v1/parties/\(ann)/consents", allows.replacing("marketing", with: purpose))
        }
        try await decide("marketing")
        let done = try await desk.bring(
            "?duplicates=update", Array("name,email,title\nAnn,ann@a.example,CEO\nBob,bob@a.example,CFO\n".utf8))
        #expect(done.counts == [2, 1, 1, 0, 0])
        try await decide("service")
        let bob = try await desk.service.column("SELECT id::text FROM party WHERE name = 'Bob'")[0]
        _ = try await desk.service.send(.put, "/v1/parties/\(bob)/consents", allows)
        let undone = try await desk.undo(done.id)
        #expect(undone.undone == 1 && undone.kept == 1, "whose word somebody has taken since is kept: \(undone)")
        #expect(
            try await desk.service.column("SELECT name || coalesce(details->>'title', '') FROM party ORDER BY 1")
                == ["Ann", "BobCFO"])
        await desk.close()
    }

    /// References that an export says besides its own keep nobody from an undo.
    @Test @Loop func anUndoTakesPartiesThatTheFileCalledByOtherSystemsNames() async throws {
        let desk = try await ImportDesk()
        let done = try await desk.bring(text: "name,references\nAnn,shop:S-1;web:7\n")
        #expect(try await desk.service.column("SELECT count(*)::text FROM party_reference") == ["2"])
        let undone = try await desk.undo(done.id)
        #expect(undone.undone == 1 && undone.kept == 0, "\(undone)")
        #expect(try await desk.service.column("SELECT count(*)::text FROM party_reference") == ["0"])
        #expect(try await desk.service.column("SELECT count(*)::text FROM import_addition") == ["0"])
        await desk.close()
    }

    /// A line of separators is no table, and what it says is not carried about.
    @Test @Loop func aFileHasAThousandColumnsAtMost() async throws {
        let desk = try await ImportDesk()
        let wide = "name" + String(repeating: ",", count: 400_000) + "\nAnn\n"
        let failed = try await desk.bring(text: wide)
        #expect(failed.state == "failed" && failed.error?.contains("400001 columns") == true, "\(failed)")
        let names = (0..<900).map { "heading \($0) \(String(repeating: "x", count: 500))" }.joined(separator: ",")
        let done = try await desk.bring(text: "name,\(names)\nAnn\n")
        #expect(done.counts == [1, 1, 0, 0, 0])
        let long = try await desk.bring(text: "name\nAnn\(String(repeating: ",", count: 400_000))\nBob,\n")
        #expect(long.counts == [2, 1, 0, 0, 1])
        #expect(try await desk.text("/v1/imports").utf8.count < 4000)
        #expect(try await desk.text("/v1/imports/\(done.id)").utf8.count < 40_000)
        await desk.close()
    }
}
