import EventLoop
import FoundationEssentials
import Telemetry

/// A user of the operating system.
struct SystemUser: Sendable, Equatable {
    let user: UInt32
    let group: UInt32
    let name: String

    /// Looks a user up by name; nil when there is none.
    init?(named name: String) { self.init(getpwnam(name)) }

    /// Looks a user up by number; nil when there is none.
    init?(numbered number: UInt32) { self.init(getpwuid(number)) }

    private init?(_ entry: UnsafeMutablePointer<passwd>?) {
        guard let entry = entry?.pointee else { return nil }
        (user, group, name) = (entry.pw_uid, entry.pw_gid, String(cString: entry.pw_name))
    }

    /// Whom programs become that the superuser starts: `rapport` where the machine has such a user, else PostgreSQL's own, as its
    /// programs refuse to run as the superuser.
    static var ofSuite: SystemUser? { SystemUser(named: "rapport") ?? SystemUser(named: "postgres") }

    /// As `Hardening` reads it.
    var setting: String { "\(user):\(group)" }

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

    /// Makes a path, and all that is below it, this user's.
    func own(_ path: String) {
        var info = stat()
        guard lstat(path, &info) == 0 else { return }
        if info.st_uid != user || info.st_gid != group { lchown(path, user, group) }
        guard info.st_mode & S_IFMT == S_IFDIR else { return }
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] { own("\(path)/\(name)") }
    }
}
