import EventLoop
import HTTP
import ServiceKit
import ServiceTestKit
import Testing

@testable import Contacts

/// Whoever brings more than can be worked off is told to wait, and others are not.
@Suite struct ImportQuotaTests {
    private let small = Array("name\nAnn\n".utf8)

    @Loop private func status(
        _ desk: ImportDesk, _ file: [UInt8], as caller: String? = nil, key: String? = nil
    ) async throws -> Int {
        let answer = try await desk.send(.post, "/v1/imports", file, key: key, as: caller)
        if answer.status == .tooManyRequests {
            #expect(answer.headers["retry-after"] == "30")
        }
        return answer.status.rawValue
    }

    @Test @Loop func aCallerHasSoManyThatWait() async throws {
        let desk = try await ImportDesk(settings: ["IMPORT_LIMIT_EACH": "2"])
        for key in ["a", "b"] { #expect(try await status(desk, small, as: "shop", key: key) == 202) }
        #expect(try await status(desk, small, as: "shop") == 429)
        // The same upload again is none more, and others have theirs.
        #expect(try await status(desk, small, as: "shop", key: "a") == 202)
        #expect(try await status(desk, small, as: "office") == 202)
        #expect(try await status(desk, small) == 202)
        #expect(try await desk.service.column("SELECT count(*)::text FROM party_import") == ["4"])
        // Of all together there are twenty times as many, for administrators too.
        _ = try await desk.service.column(
            """
            INSERT INTO party_import (id, state, format, options)
            SELECT gen_random_uuid(), 'queued', 'csv', '{}' FROM generate_series(1, 36) RETURNING '1'
            """)
        #expect(try await status(desk, small) == 429)
        _ = try await desk.service.column("UPDATE party_import SET state = 'done' RETURNING '1'")
        #expect(try await status(desk, small, as: "shop") == 202)
        await desk.close()
    }

    @Test @Loop func aCallerHasSoManyBytesThatWait() async throws {
        let desk = try await ImportDesk(settings: ["IMPORT_LIMIT_EACH_MB": "1", "IMPORT_LIMIT_MB": "4"])
        let large = Array("name\n".utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: 3 << 20)
        #expect(try await status(desk, large, as: "shop") == 429)
        // Nothing of it is kept.
        #expect(try await desk.service.column("SELECT count(*)::text FROM import_chunk") == ["0"])
        #expect(try await status(desk, small, as: "shop") == 202)
        #expect(try await status(desk, large) == 202)
        #expect(try await status(desk, large) == 429)
        // What has been read counts no more.
        _ = try await desk.service.column("UPDATE party_import SET bytes_done = bytes RETURNING '1'")
        #expect(try await status(desk, large) == 202)
        await desk.close()
    }

    /// A step is bounded by what is to be done, too, and the steps are the file.
    @Test(arguments: ["a\n", "a\r\n", "a\r", "\n", String(repeating: "a", count: 60) + "\n", "no end"])
    func shortLinesMakeMoreSteps(_ line: String) {
        let piece = Array(String(repeating: line, count: ImportUpload.pieceSize / line.utf8.count).utf8)
        let steps = ImportUpload.steps(of: piece)
        #expect(Array(steps.joined()) == piece)
        for step in steps {
            let feeds = step.count { $0 == 0x0A }, returns = step.count { $0 == 0x0D }
            #expect(max(feeds, returns) <= ImportUpload.stepLines + 1, "\(feeds) \(returns)")
        }
        #expect(steps.count >= (line.utf8.count <= 3 ? 17 : 1), "\(steps.count)")
    }
}
