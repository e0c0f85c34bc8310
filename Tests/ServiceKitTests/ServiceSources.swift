import FoundationEssentials
import Testing

/// The sources of a service that is made of capabilities: texts by their path within it.
struct ServiceSources: CustomTestStringConvertible {
    /// `Sales`.
    let name: String
    let texts: [String: String]
    var testDescription: String { name }

    private static let services = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../../Services"
    ).standardizedFileURL

    /// All of them.
    static let all: [ServiceSources] = {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: services.path)) ?? []
        return folders.sorted().compactMap { name in
            FileManager.default.fileExists(atPath: services.appending(path: "\(name)/\(name)Service.swift").path)
                ? ServiceSources(name) : nil
        }
    }()

    private init(_ name: String) {
        self.name = name
        let folder = Self.services.appending(path: name)
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
        var texts: [String: String] = [:]
        for path in paths where path.hasSuffix(".swift") && !path.hasPrefix("Main/") {
            texts[path] = try? String(contentsOf: folder.appending(path: path), encoding: .utf8)
        }
        self.texts = texts
    }
}
