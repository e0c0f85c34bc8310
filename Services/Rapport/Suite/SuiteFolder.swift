import EventLoop
import FoundationEssentials
import Telemetry

/// What the suite remembers between commands.
package struct SuiteState: Codable {
    /// Whether the suite is meant to run.
    package var isUp = false
    /// Settings that services were first filled under and keep, by service: the environment's own go before.
    var kept: [String: [String: String]]?
    /// How many processes a service is to have, where that is not one.
    var counts: [String: Int]?
    /// Whether our Broker asks everybody who he is: one that an older `up` started does not until the next.
    package var asksUsers: Bool?
    /// Where this was read.
    var folder: String?
    /// Where PostgreSQL's data is; it may be outside the folder when its user cannot reach the folder.
    var postgresData: String?
    /// The database that is not ours and holds how far our Broker's log was read, without its password.
    var foreignDatabase: String?
    /// What was started, by name.
    package var programs: [String: ProgramState] = [:]

    /// Nothing was started yet.
    package init() {}
}

/// A program that was started.
package struct ProgramState: Codable {
    /// Its process; nil when it was stopped.
    package var mark: ProcessMark?
    /// Where it listens.
    package var port: Int
    /// What it was started with: where this has changed, it is started anew.
    package var settings: String
    /// The name of the process among those of its service, where it is not its number: two that stand beside each other have two.
    var instance: String?
    /// A process that is to take its place, and is not ready yet.
    var beside: ProcessMark?

    /// Describes a program.
    package init(mark: ProcessMark?, port: Int, settings: String = "") {
        self.mark = mark
        self.port = port
        self.settings = settings
    }
}

/// The suite's folder: data, logs, state and secrets of one running suite.
package struct SuiteFolder: Sendable {
    /// Its absolute path.
    package let path: String

    /// Takes a folder and makes it when it is missing.
    package init(_ path: String) throws {
        let absolute = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        self.path = absolute
        try FileManager.default.createDirectory(
            atPath: log, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    /// The folder `.run` beside the package that this program was built in, else in the current folder.
    package static var defaultPath: String { packageRoot + "/.run" }

    /// The package that this program was built in, else the current folder.
    package static let packageRoot: String = {
        var folder = programs
        while let slash = folder.lastIndex(of: "/"), slash > folder.startIndex {
            folder = String(folder[..<slash])
            if access(folder + "/Package.swift", R_OK) == 0 { return folder }
        }
        return FileManager.default.currentDirectoryPath
    }()

    /// Where this program and its siblings are.
    package static let programs: String = {
        let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let running = link ?? CommandLine.arguments[0]
        return running.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    }()

    var log: String { path + "/log" }

    /// The log of a program.
    package func log(of program: String) -> String { "\(log)/\(program).log" }

    /// The last lines of a program's log, for error messages.
    package func lastLines(of program: String, _ count: Int = 12) -> String {
        let lines = ProcessFile.contents(log(of: program), last: 1 << 16).split(separator: "\n").suffix(count)
        return lines.map { "    \($0.prefix(300))" }.joined(separator: "\n")
    }

    // MARK: State

    /// What is remembered.
    package func readState() throws -> SuiteState {
        guard let data = FileManager.default.contents(atPath: path + "/state.json") else { return SuiteState() }
        do {
            var state = try JSONDecoder().decode(SuiteState.self, from: data)
            state.folder = path
            return state
        } catch {
            throw SuiteError("\(path)/state.json cannot be read; stop what runs by hand and remove it")
        }
    }

    /// Remembers.
    package func write(_ state: SuiteState) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try writePrivate([UInt8](try encoder.encode(state)), to: path + "/state.json")
    }

    /// Changes the state while no other command does.
    @Loop
    package func locked<T>(_ body: (inout SuiteState) async throws -> T) async throws -> T {
        let file = openLock("lock")
        guard file >= 0 else { throw SuiteError("\(path)/lock cannot be opened: \(String(cString: strerror(errno)))") }
        defer { close(file) }
        let deadline = Loop.now + .seconds(120)
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            guard Loop.now < deadline else { throw SuiteError("another command has held \(path) for two minutes") }
            try await Loop.sleep(for: .milliseconds(50))
        }
        var state = try readState()
        do {
            let value = try await body(&state)
            try write(state)
            return value
        } catch {
            // What was started before the error is remembered all the same.
            try write(state)
            throw error
        }
    }

    /// Runs what takes long and leaves the state to others meanwhile, unless another command does the like.
    @Loop
    func alone(_ purpose: String, _ body: () async throws -> Void) async throws {
        let file = openLock("\(purpose).lock")
        guard file >= 0, flock(file, LOCK_EX | LOCK_NB) == 0 else {
            if file >= 0 { close(file) }
            throw SuiteError("another command restarts or scales services of \(path); wait until it has ended")
        }
        defer { close(file) }
        try await body()
    }

    // MARK: Secrets

    /// A secret of this suite, drawn when first asked for.
    package func secret(_ name: String) throws -> String {
        let file = path + "/secrets.json"
        let data = FileManager.default.contents(atPath: file)
        guard data != nil || access(file, F_OK) != 0 else {
            throw SuiteError("\(file) cannot be read; it is for whoever has started the suite")
        }
        var secrets = try data.map { try JSONDecoder().decode([String: String].self, from: $0) } ?? [:]
        if let known = secrets[name] { return known }
        let secret = Secret.random()
        secrets[name] = secret
        try writePrivate([UInt8](try JSONEncoder().encode(secrets)), to: file)
        return secret
    }

    /// Writes a file that only its owner can read: beside it first, so that a full disk or an end meanwhile leaves what was there.
    /// Those of the suite itself its programs may open, too.
    func writePrivate(_ bytes: [UInt8], to file: String, isSuites: Bool = true) throws {
        let new = file + ".new"
        let descriptor = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SuiteError("\(file): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        if isSuites { handOver(descriptor) }
        let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        guard written == bytes.count, rename(new, file) == 0 else {
            let cause = String(cString: strerror(errno))
            unlink(new)
            throw SuiteError("\(file): \(cause)")
        }
    }
}

/// What a person must mend.
package struct SuiteError: Error, CustomStringConvertible {
    /// For people: what is wrong, and what helps.
    package let description: String

    /// Says what is wrong.
    package init(_ description: String) { self.description = description }
}
