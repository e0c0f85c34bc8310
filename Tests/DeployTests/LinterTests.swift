import EventLoop
import Testing

@Suite struct LinterTests {
    @Test(.timeLimit(.minutes(5))) @Loop func lintersAndSchemasFindNothing() async throws {
        let checked = try await DeployFiles.run("check", within: .seconds(240))
        guard checked.status != 75 else { return print("skipped: \(checked.said.suffix(300))") }
        #expect(checked.status == 0, "\(checked.said)")
    }
}
