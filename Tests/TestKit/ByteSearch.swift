import EventLoop
import FoundationEssentials

/// Looks for texts in files byte by byte.
public enum ByteSearch {
    /// The files below a folder in which a text stands, as UTF-8; files that go away meanwhile have nothing.
    public static func files(with text: String, in folder: String) throws -> [String] {
        let needle = Array(text.utf8)
        return try FileManager.default.subpathsOfDirectory(atPath: folder).map { "\(folder)/\($0)" }.filter { path in
            FileManager.default.contents(atPath: path)?.withUnsafeBytes { contains($0, needle) } ?? false
        }
    }

    private static func contains(_ bytes: UnsafeRawBufferPointer, _ needle: [UInt8]) -> Bool {
        guard var place = bytes.baseAddress, let first = needle.first else { return false }
        let end = place + bytes.count
        while end - place >= needle.count, let hit = memchr(place, Int32(first), end - place - needle.count + 1) {
            if memcmp(hit, needle, needle.count) == 0 { return true }
            place = UnsafeRawPointer(hit) + 1
        }
        return false
    }
}
