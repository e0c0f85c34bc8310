import EventLoop
import FoundationEssentials

/// A Python with packages from PyPI, for clients, peers and reckonings that nobody here wrote. It is made once beside what was built
/// and kept between runs.
@Loop
public struct PythonEnvironment {
    /// The folder of its programs.
    public let programs: String

    /// Makes the environment of a name, or finds it; nil, with the reason printed, where there is no Python or the packages cannot be
    /// had.
    public static func find(_ name: String, packages: [String]) async throws -> PythonEnvironment? {
        let folder = "\(TestPaths.package)/.build/\(name)-venv"
        let mark = "\(folder)/packages"
        let wanted = packages.joined(separator: "\n")
        let environment = PythonEnvironment(programs: "\(folder)/bin")
        if let made = FileManager.default.contents(atPath: mark), String(decoding: made, as: UTF8.self) == wanted {
            return environment
        }
        let python = try await environment.run("python3", ["-m", "venv", folder], within: .seconds(60))
        guard python.isSuccess else {
            print("skipped: no Python environment could be made: \(python.output.suffix(300))")
            return nil
        }
        let pip = try await environment.run("\(folder)/bin/pip", ["install", "-q"] + packages, within: .seconds(180))
        guard pip.isSuccess else {
            print("skipped: \(packages.joined(separator: ", ")) cannot be installed: \(pip.output.suffix(300))")
            return nil
        }
        try Data(wanted.utf8).write(to: URL(filePath: mark))
        return environment
    }

    /// Runs a program of the environment, or any other by its path or its name in `PATH`, and gives what it printed.
    public func run(
        _ program: String, _ arguments: [String], within limit: Duration
    ) async throws -> (isSuccess: Bool, output: String) {
        let work = try TestPaths.temporaryFolder()
        defer { TestPaths.remove(work) }
        let child: ChildProcess
        do {
            child = try ChildProcess(program, arguments, directory: work, output: "\(work)/output")
        } catch {
            return (false, "\(error)")
        }
        var isSuccess = false
        do {
            isSuccess = try await Loop.withDeadline(limit) { try await child.exit().isSuccess }
        } catch is DeadlineExceeded {
            child.kill(SIGKILL)
        }
        let output = FileManager.default.contents(atPath: "\(work)/output") ?? Data()
        return (isSuccess, String(decoding: output, as: UTF8.self))
    }
}
