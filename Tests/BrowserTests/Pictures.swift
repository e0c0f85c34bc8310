import EventLoop
import FoundationEssentials
import TestKit

/// Pictures of pages, for people to look at: kept in the folder that `RAPPORT_PICTURES` names.
@Loop
enum Pictures {
    /// Keeps what a browser shows.
    static func keep(_ name: String, of chromium: Chromium) async throws {
        guard let folder = ProcessInfo.processInfo.environment["RAPPORT_PICTURES"] else { return }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(try await chromium.picture()).write(to: URL(filePath: "\(folder)/\(name).png"))
    }
}
