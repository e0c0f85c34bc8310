import EventLoop
import FoundationEssentials

/// Where a test finds files and programs.
public enum TestPaths {
    /// The folder of `Package.swift`.
    public static let package: String = {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(3)
        return parts.joined(separator: "/")
    }()

    /// A file of the optional data folder beside the package; nil when it is not there. Tests are then skipped.
    public static func sharedData(_ path: String = "") -> String? {
        let full = package + "/../shared" + (path.isEmpty ? "" : "/" + path)
        return access(full, R_OK) == 0 ? full : nil
    }

    /// The folder of the programs that were built with the running tests.
    public static let products: String = {
        let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let running = link ?? CommandLine.arguments[0]
        return running.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    }()

    /// A program of the package; throws with the command that builds it when it was not built.
    public static func program(_ name: String) throws -> String {
        let path = products + "/" + name
        guard access(path, X_OK) == 0 else { throw TestSetupError("no \(path): run swift build --product \(name)") }
        return path
    }

    /// Makes an empty folder that only this user can enter; the caller removes it with `remove`.
    public static func temporaryFolder() throws -> String {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array((base + "/rapport-test-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw TestSetupError("no folder in \(base): errno \(errno)") }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The text of a file; empty when it is not there.
    public static func contents(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Removes a file or a folder with all that is in it, if it is there.
    public static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }
}

/// The machine lacks something that a test needs.
public struct TestSetupError: Error, CustomStringConvertible {
    /// For people: what is missing and how to get it.
    public let description: String
    init(_ description: String) { self.description = description }
}
