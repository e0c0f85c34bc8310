import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import TestKit
import Testing

@testable import Rapport

@Suite struct KeysTests {
    @Test @Loop func keysAreMadeShownOnceAndEnded() async throws {
        let path = try TestPaths.temporaryFolder()
        defer { TestPaths.remove(path) }
        let folder = try SuiteFolder(path)
        let command = KeysCommand(Suite(folder, Terminal()))
        @Loop func run(_ words: String...) async throws {
            var arguments = Arguments(words)
            try await command.run(&arguments)
        }
        func file() throws -> KeyFile { try KeyFile(Data(contentsOf: URL(filePath: folder.keyFile))) }
        try await run("add", "webshop", "--right", "parties.read", "--right", "leads.*", "--days", "30")
        // The suite's own commands are let in from then on by a key of theirs.
        let keys = try file().keys
        #expect(keys.map(\.name) == ["rapport", "webshop"] && keys[1].rights == ["parties.read", "leads.*"])
        let own = try #require(SuiteFolder.suiteToken(beside: folder.keyFile))
        #expect(Hex.encode(SHA256.digest(Array(own.utf8))) == keys[0].digest)
        #expect(keys[1].fault(at: Date()) == nil)
        #expect(keys[1].fault(at: Date(timeIntervalSinceNow: 31 * 86_400)) == "is over its time")
        var info = stat()
        stat(folder.keyFile, &info)
        #expect(info.st_mode & 0o777 == 0o600)
        // No second one of a name while the first is good.
        await #expect(throws: SuiteError.self) { try await run("add", "webshop", "--right", "parties.read") }
        for wrong in [
            ["add", "x"], ["add", "x", "--right", "partys.read"], ["add", "", "--right", "*"],
            ["add", "x", "--right", "*", "--until", "2001-01-01"],
            ["add", "x", "--right", "*", "--days", "1", "--until", "2099-01-01"],
        ] {
            var arguments = Arguments(wrong)
            await #expect(throws: UsageError.self, "\(wrong)") { try await command.run(&arguments) }
        }
        try await run("end", "webshop")
        #expect(try file().keys[1].fault(at: Date()) == "was ended")
        for nobody in ["webshop", "suite", "rapport"] {
            await #expect(throws: SuiteError.self, "\(nobody)") { try await run("end", nobody) }
        }
        try await run("add", "webshop", "--right", "parties.read")
        #expect(try file().keys.count == 3)
        try await run("list")
        try await run("rights")
    }
}
