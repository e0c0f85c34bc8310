import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import ServiceKit
import ServiceTestKit
import Testing

@testable import Contacts

/// What an Idempotency-Key of an upload stands for: this upload, and no other.
@Suite struct ImportKeyTests {
    private struct Row: Decodable { let id: String }

    @Loop private func bring(
        _ desk: ImportDesk, _ text: String, key: String, _ query: String = ""
    ) async throws -> (status: Int, id: String?) {
        let answer = try await desk.send(.post, "/v1/imports\(query)", Array(text.utf8), key: key)
        return (answer.status.rawValue, try? JSONDecoder().decode(Row.self, from: Data(answer.body)).id)
    }

    @Test @Loop func anotherUploadUnderAKeyIsRefused() async throws {
        let desk = try await ImportDesk()
        let file = "name,email\nAnn,ann@a.example\n"
        let first = try await bring(desk, file, key: "one")
        #expect(first.status == 202)
        let again = try await bring(desk, file, key: "one")
        #expect(again.status == 202 && again.id == first.id)
        #expect(try await bring(desk, file + "Bob,bob@b.example\n", key: "one").status == 422)
        #expect(try await bring(desk, file, key: "one", "?dryRun=true").status == 422)
        #expect(try await bring(desk, file, key: "two").id != first.id)
        // Of more than one piece.
        let large = "name\n" + String(repeating: "Somebody of some name\n", count: 60_000)
        let long = try await bring(desk, large, key: "long")
        #expect(try await bring(desk, large, key: "long").id == long.id)
        #expect(try await bring(desk, large + "x", key: "long").status == 422)
        await desk.close()
    }

    @Test @Loop func whileTheFirstIsUnderWayTheSecondWaits() async throws {
        let desk = try await ImportDesk()
        let id = ExternalID.make("import", "slow")
        _ = try await desk.service.column(
            "INSERT INTO party_import (id, state, format, options) VALUES ('\(id.text)', 'receiving', 'csv', '{}') RETURNING '1'"
        )
        let file = "name\nAnn\n"
        #expect(try await bring(desk, file, key: "slow").status == 409)
        // Its process has died long ago.
        _ = try await desk.service.column(
            "UPDATE party_import SET turn_at = now() - interval '20 minutes' WHERE id = '\(id.text)' RETURNING '1'")
        let taken = try await bring(desk, file, key: "slow")
        #expect(taken.status == 202 && taken.id == id.text)
        await desk.close()
    }
}
