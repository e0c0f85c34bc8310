import FoundationEssentials
import TestKit

/// A unit of systemd, read as systemd does: the names' specifiers filled in.
struct UnitFile {
    /// The services that have units.
    static let services = ["contacts", "sales", "campaigns", "tickets", "notifications", "console"]

    /// `rapport-contacts@2.service`.
    let name: String
    private let entries: [(key: String, value: String)]

    /// Reads a unit of a name, `%d`, `%S` and `%l` standing for folders and a host of a test.
    init(_ name: String, credentials: String, state: String) throws {
        self.name = name
        let kind = name.split(separator: ".").last ?? ""
        let stem = String(name.dropLast(kind.count + 1))
        let at = stem.firstIndex(of: "@")
        let prefix = String(stem[..<(at ?? stem.endIndex)])
        let instance = at.map { String(stem[stem.index(after: $0)...]) } ?? ""
        let text = DeployFiles.text("systemd/\(prefix)\(at == nil ? "" : "@").\(kind)")
        guard !text.isEmpty else { throw DeployFault("there is no unit for \(name)") }
        let specifiers = [
            "%i": instance, "%p": prefix, "%d": credentials, "%S": state, "%l": "host",
        ]
        entries = text.split(separator: "\n").compactMap { line in
            guard !line.hasPrefix("#"), let equals = line.firstIndex(of: "=") else { return nil }
            let value = specifiers.reduce(String(line[line.index(after: equals)...])) {
                $0.replacing($1.key, with: $1.value)
            }
            return (String(line[..<equals]), value)
        }
    }

    /// The values of a key, in order.
    func all(_ key: String) -> [String] { entries.filter { $0.key == key }.map(\.value) }

    /// The value of a key that is there once.
    func one(_ key: String) throws -> String {
        let values = all(key)
        guard values.count == 1 else { throw DeployFault("\(name) has \(values.count) of \(key)") }
        return values[0]
    }

    /// Its program and arguments.
    var command: [String] { get throws { try one("ExecStart").split(separator: " ").map(String.init) } }

    /// The environment that stands in it.
    var ownEnvironment: [String: String] {
        DeclaredSettings.lines(all("Environment").flatMap { $0.split(separator: " ") }.joined(separator: "\n"))
    }

    /// The environment of its program: what stands in it, then its files, as if `/etc` were another folder.
    func environment(etc: String) throws -> [String: String] {
        var given = ownEnvironment
        for file in all("EnvironmentFile") {
            let isOptional = file.hasPrefix("-")
            let path = etc + file.dropFirst(isOptional ? "-/etc".count : "/etc".count)
            guard let data = FileManager.default.contents(atPath: path) else {
                if isOptional { continue }
                throw DeployFault("\(name) needs \(path)")
            }
            given.merge(DeclaredSettings.lines(String(decoding: data, as: UTF8.self))) { $1 }
        }
        return given
    }

    /// The files that systemd hands to the program, as if `/etc` were another folder, by their names.
    func credentials(etc: String) -> [String: String] {
        let pairs = all("LoadCredential").map { entry in
            let name = String(entry.prefix { $0 != ":" })
            return (name, etc + entry.dropFirst(name.count + 1 + "/etc".count))
        }
        return Dictionary(pairs) { $1 }
    }
}
