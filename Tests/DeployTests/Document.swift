import EventLoop
import FoundationEssentials
import TestKit

/// A document of YAML, as the parser of the linters reads it.
enum Document: Decodable, Equatable {
    case nothing
    case truth(Bool)
    case number(Double)
    case text(String)
    case list([Document])
    case members([String: Document])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .nothing
        } else if let truth = try? value.decode(Bool.self) {
            self = .truth(truth)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([Document].self) {
            self = .list(list)
        } else {
            self = .members(try value.decode([String: Document].self))
        }
    }

    /// What stands under a path of names; nothing where a part of it is not there.
    subscript(_ path: String...) -> Document {
        path.reduce(self) { document, name in document.members[name] ?? .nothing }
    }

    /// The text, or a number as text; nil for all else.
    var text: String? {
        switch self {
        case .text(let text): text
        case .number(let number): number == number.rounded() ? "\(Int(number))" : "\(number)"
        default: nil
        }
    }

    /// The entries of a list.
    var items: [Document] { if case .list(let items) = self { items } else { [] } }

    /// The members of a mapping.
    var members: [String: Document] { if case .members(let members) = self { members } else { [:] } }

    /// The texts of a list.
    var texts: [String] { items.compactMap(\.text) }
}

/// The files that are tested.
@Loop
enum DeployFiles {
    nonisolated static let folder = TestPaths.package + "/deploy"
    private static var tools: String?
    private static var hasNoTools = false

    /// The text of a file.
    nonisolated static func text(_ path: String) -> String { TestPaths.contents("\(folder)/\(path)") }

    /// Runs a script of the folder and gives what it said, its errors last.
    static func run(
        _ script: String, _ arguments: [String] = [], within limit: Duration = .seconds(120)
    ) async throws -> (status: Int, said: String) {
        try await run(program: "\(folder)/\(script)", arguments, within: limit)
    }

    /// Runs a program to its end; past the limit it is killed, which counts as failure.
    static func run(
        program: String, _ arguments: [String], within limit: Duration = .seconds(120)
    ) async throws -> (status: Int, said: String) {
        let work = try TestPaths.temporaryFolder()
        defer { TestPaths.remove(work) }
        let child = try ChildProcess(program, arguments, output: work + "/said")
        let late = Loop.after(limit) { child.kill(SIGKILL) }
        defer { late.cancel() }
        let exit = try await child.exit()
        return (exit.signal == 0 ? exit.status : 128 + exit.signal, TestPaths.contents(work + "/said"))
    }

    /// The documents of a file; nil, with the reason printed, where the tools cannot be had.
    static func documents(_ path: String) async throws -> [Document]? {
        guard let python = try await python() else { return nil }
        let script = "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(open(sys.argv[1])))))"
        let read = try await run(program: python, ["-c", script, "\(folder)/\(path)"])
        guard read.status == 0 else { throw DeployFault("\(path): \(read.said)") }
        return try JSONDecoder().decode([Document].self, from: Data(read.said.utf8))
    }

    private static func python() async throws -> String? {
        if let tools { return tools + "/python" }
        // Asked once: who has no network waits for each answer.
        guard !hasNoTools else { return nil }
        let found = try await run("check", ["tools"])
        guard found.status != 75 else {
            hasNoTools = true
            print("skipped: \(found.said.suffix(300))")
            return nil
        }
        guard found.status == 0 else { throw DeployFault(found.said) }
        tools = found.said.split(separator: "\n").last.map(String.init)
        return tools.map { $0 + "/python" }
    }
}

/// What a test of these files found wrong.
struct DeployFault: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
