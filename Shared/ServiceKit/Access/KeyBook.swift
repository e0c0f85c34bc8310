import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Telemetry

/// The keys of the suite as one process knows them: the file that `rapport keys` writes, read again where it has changed.
///
/// A file that cannot be read changes nothing of what is known: a disk that fails must not lock everybody out, and a key that was ended
/// stays ended.
@Loop
final class KeyBook {
    private struct Entry {
        let digest: [UInt8]
        let principal: Principal
        let key: ServiceKey
    }

    /// What tells one state of the file from another.
    private struct Mark: Equatable {
        let inode: UInt64
        let size: Int64
        let seconds: Int
        let nanoseconds: Int
    }

    private let path: String
    private let log: Log
    private var entries: [String: Entry] = [:]
    private var mark: Mark?
    private var hasComplained = false

    init(_ path: String, _ log: Log) {
        self.path = path
        self.log = log
        refresh()
    }

    /// Whether there is a file, be it one that cannot be read: then nobody is let in without a key.
    private(set) var isInUse = false

    /// Looks at the file again until the task is cancelled; an ended key is refused a second later.
    func watch() async {
        while (try? await Loop.sleep(for: .seconds(1))) != nil { refresh() }
    }

    /// Reads the file where it has changed.
    func refresh() {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno != ENOENT { isInUse = true }
            if isInUse { complain("it cannot be looked at: \(String(cString: strerror(errno)))") }
            return
        }
        isInUse = true
        let now = Mark(
            inode: UInt64(status.st_ino), size: Int64(status.st_size), seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec)
        guard now != mark else { return }
        do {
            let file = try KeyFile(try Data(contentsOf: URL(filePath: path)))
            entries = try Dictionary(file.keys.map { ($0.id, try Self.entry($0)) }, uniquingKeysWith: { _, new in new })
            mark = now
            hasComplained = false
        } catch {
            complain("\(error)")
        }
    }

    private static func entry(_ key: ServiceKey) throws -> Entry {
        // A right that only another version knows gives nothing here.
        var rights = RightSet()
        for name in key.rights {
            if let known = try? RightSet(named: [name]) { rights.formUnion(known) }
        }
        return Entry(
            digest: Hex.decode(key.digest) ?? [],
            principal: Principal(.key, id: "key:\(key.id)", name: "key \(key.name)", rights: rights), key: key)
    }

    private func complain(_ words: String) {
        if !hasComplained { log.error("the file of keys is not read; those known before stay", ["error": words]) }
        hasComplained = true
    }

    /// The holder of a key's secret text; nil for what is no key's, and a 401 where its time is over.
    func principal(of bearer: String) throws -> Principal? {
        guard let id = ServiceKey.id(in: bearer), let entry = entries[id],
            constantTimeEqual(SHA256.digest(Array(bearer.utf8)), entry.digest)
        else { return nil }
        if let fault = entry.key.fault(at: Date()) { throw Credentials.refusal("This key \(fault).") }
        return entry.principal
    }
}
