import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import ServiceTestKit
import Testing

@testable import Sales

@Suite struct TaskTests {
    @Loop private func task(_ service: TestService) async throws -> String {
        let id = try await service.column(
            """
            INSERT INTO task (id, kind, subject, owner, reference)
            VALUES (gen_random_uuid(), 'order-answer', 'ask', 'eve', 'r1') RETURNING id::text
            """)[0]
        return "/v1/tasks/\(id)"
    }

    @Test @Loop func aTaskIsClosedOnceAndTold() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let path = try await task(service)
        #expect(try await service.send(.patch, path, #"{"status":"done"}"#).status == 428)
        let done = try await service.send(.patch, path, #"{"status":"done"}"#, headers: ["if-match": "\"1\""])
        #expect(done.status == 200 && done.headers["etag"] == "\"2\"", "\(done)")
        #expect(done.text.contains(#""status" : "done""#) && done.text.contains(#""owner" : "eve""#), "\(done.text)")
        #expect(try await service.send(.get, path).text == done.text)
        // Stale before done, and both forms are told.
        let stale = try await service.send(.patch, path, #"{"status":"done"}"#, headers: ["if-match": "\"1\""])
        #expect(stale.status == 412 && stale.headers["etag"] == "\"2\"")
        #expect(
            stale.text.contains(#""yours":{"status":"done"}"#) && stale.text.contains(#""current":{"id""#),
            "\(stale.text)")
        #expect(try await service.send(.patch, path, "{}", headers: ["if-match": "\"2\""]).status == 409)
        #expect(try await service.outboxTypes() == ["sales.task.closed.v1"])
        let payload = try await service.column("SELECT payload FROM outbox")[0]
        let told = try ModelJSON.decoder.decode(TaskClosed.self, from: Data(payload.utf8)).task
        #expect(told.status == "done" && told.owner == "eve" && told.reference == "r1" && told.partyId == nil)
        #expect(try await service.faultsOfEvents() == [])
    }

    @Test @Loop func aChangeThatChangesNothingTellsNobody() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let path = try await task(service)
        let same = try await service.send(.patch, path, "{}", headers: ["if-match": "\"1\""])
        #expect(same.status == 200 && same.headers["etag"] == "\"1\"" && same.text.contains("open"), "\(same)")
        #expect(try await service.outboxTypes() == [])
    }

    @Test(arguments: [
        ("status", #"{"status":null}"#, "must not be null"), ("status", #"{"status":"open"}"#, "must be one of done"),
        ("statsu", #"{"statsu":"done"}"#, "is not a field of task; status is"),
        ("owner", #"{"owner":null}"#, "is not a field of task"),
    ])
    @Loop func whatIsWrongIsNamed(_ field: String, _ body: String, _ message: String) async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let path = try await task(service)
        let wrong = try await service.send(.patch, path, body, headers: ["if-match": "\"1\""])
        #expect(
            wrong.status == 400 && wrong.text.contains(#"{"field":"\#(field)","message":"\#(message)"#), "\(wrong.text)"
        )
        #expect(try await service.outboxTypes() == [])
    }
}
