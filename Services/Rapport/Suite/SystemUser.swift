import EventLoop
import FoundationEssentials
import Telemetry

/// A user of the operating system.
struct SystemUser: Sendable, Equatable {
    let user: UInt32
    let group: UInt32

    /// Looks a user up by name; nil when there is none.
    init?(named name: String) {
        guard let entry = getpwnam(name) else { return nil }
        user = entry.pointee.pw_uid
        group = entry.pointee.pw_gid
    }

    /// Whether the user can search every folder above a path.
    func canReach(_ path: String) -> Bool {
        var folder = path
        while let slash = folder.lastIndex(of: "/") {
            folder = String(folder[..<slash])
            var info = stat()
            guard stat(folder.isEmpty ? "/" : folder, &info) == 0 else { continue }
            let bit: UInt32 = info.st_uid == user ? 0o100 : info.st_gid == group ? 0o010 : 0o001
            if info.st_mode & bit == 0 { return false }
        }
        return true
    }
}
