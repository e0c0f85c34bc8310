import FoundationEssentials
import Glibc
import Synchronization

/// Time zones as they are stored: names of the IANA database, as the operating system has it; a zone that came since its last update
/// is known with the next.
public enum TimeZoneName {
    private static let folder = "/usr/share/zoneinfo/"
    /// Without the database on the machine a name is held against the writing of names only.
    private static let hasDatabase = FileManager.default.fileExists(atPath: folder + "Asia/Shanghai")
    /// Zones that were met, a few hundred at most: whole batches name the same, and to look into files is not for the loop.
    private static let known = Mutex<Set<String>>([])

    /// The stored form; nil for what is no zone. Letters are told apart by case, as the database has them.
    public static func normal(_ text: String) -> String? {
        let name = text.trimmed
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard name.utf8.count <= 64, parts.allSatisfy(isPart), !["posix", "right", "localtime"].contains(parts[0])
        else { return nil }
        if !hasDatabase || known.withLock({ $0.contains(name) }) { return name }
        guard isZone(folder + name) else { return nil }
        known.withLock { _ = $0.insert(name) }
        return name
    }

    /// The zone of a vCard: a name, or a distance from UTC in whole hours, which has a zone too; the empty text for what stands there
    /// and is neither, as the distance alone tells nothing of summer time.
    public static func ofCard(_ text: String) -> String {
        if let name = normal(text) { return name }
        let sign = text.prefix(1)
        let digits = text.dropFirst().filter { $0 != ":" }
        guard sign == "+" || sign == "-", let number = Int(digits), digits.utf8.count == 2 || digits.utf8.count == 4
        else {
            return ""
        }
        let (hours, minutes) = digits.utf8.count == 2 ? (number, 0) : number.quotientAndRemainder(dividingBy: 100)
        // The signs of Etc are the other way round, as POSIX has them.
        return minutes == 0 ? normal("Etc/GMT\(sign == "+" ? "-" : "+")\(hours)") ?? "" : ""
    }

    private static func isPart(_ part: Substring) -> Bool {
        guard let first = part.utf8.first, isLetter(first) else { return false }
        return part.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x5F].contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) }

    /// Whether a file holds a zone's rules (RFC 8536, section 3.1).
    private static func isZone(_ path: String) -> Bool {
        guard let file = fopen(path, "r") else { return false }
        defer { fclose(file) }
        var magic: [UInt8] = [0, 0, 0, 0]
        return fread(&magic, 1, 4, file) == 4 && magic == Array("TZif".utf8)
    }
}
