import EventLoop
import Postgres
import ServiceKit
import ServiceTestKit
import Testing

@Suite struct ListedStatementsTests {
    @Test @Loop func whatIsInNoListFailsTheTestThatSendsIt() async throws {
        let service = try await TestService(DeskService.self)
        defer { service.close() }
        try await withKnownIssue {
            for _ in 0..<2 { _ = try await service.context.query(Statement("desk.forgotten", "SELECT 1")) }
        } matching: {
            "\($0)".contains("desk.forgotten is in no capability's statements")
        }
        try await withKnownIssue {
            let other = Statement("desk.insert", DeskService.insert.sql + " ")
            _ = try await service.transaction { $0.enqueue(other, ["b"], "written") }
        } matching: {
            "\($0)".contains("desk.insert is the name of another statement too")
        }
        _ = try await service.transaction { $0.enqueue(DeskService.insert, ["a"], "written") }
        _ = try await service.context.query(Statement("test.own", "SELECT 1"))
    }
}
