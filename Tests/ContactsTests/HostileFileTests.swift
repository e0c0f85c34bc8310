import EventLoop
import FoundationEssentials
import HTTP
import ServiceKit
import ServiceTestKit
import Testing

@testable import Contacts

/// Files that cost their readers more than they bring.
@Suite struct HostileFileTests {
    @Test @Loop func aFileOfEndlessColumnsEndsAtOnceAndIsNotListedWhole() async throws {
        let desk = try await ImportDesk()
        let wide = "name" + String(repeating: ",some heading", count: 100_000) + "\nAnn\n"
        let begin = ContinuousClock.now
        let failed = try await desk.bring("", Array(wide.utf8))
        #expect(failed.state == "failed" && failed.error?.contains("1000") == true, "\(failed)")
        #expect(ContinuousClock.now - begin < .seconds(20))
        // Of headings that mean nothing the import tells all, and a list of imports none.
        let odd = "name" + (0..<900).map { ",heading\($0)" }.joined() + "\nAnn\n"
        let done = try await desk.bring("", Array(odd.utf8))
        #expect(done.state == "done" && done.created == 1, "\(done)")
        #expect(try await desk.text("/v1/imports/\(done.id)").contains("heading0"))
        let list = try await desk.text("/v1/imports")
        #expect(!list.contains("heading") && list.utf8.count < 4000, "\(list.utf8.count) bytes")
        await desk.close()
    }

    @Test @Loop func whoBringsLittleDoesNotWaitForWhoBroughtMuch() async throws {
        let desk = try await ImportDesk()
        let large = Array(("name\n" + String(repeating: "\n", count: 12 * ImportUpload.stepLines)).utf8)
        #expect(try await desk.send(.post, "/v1/imports", large).status == .accepted)
        #expect(try await desk.send(.post, "/v1/imports", Array("name\nAnn\n".utf8)).status == .accepted)
        let worker = ImportWorker(desk.service.context)
        var steps = 0
        while try await desk.service.column("SELECT count(*)::text FROM party_import WHERE state = 'done'") == ["0"] {
            #expect(try await worker.step())
            steps += 1
        }
        #expect(steps <= 3, "\(steps) steps")
        let states = try await desk.service.column("SELECT state FROM party_import ORDER BY bytes")
        #expect(states == ["done", "running"], "\(states)")
        await desk.close()
    }
}
