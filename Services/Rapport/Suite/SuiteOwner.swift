import EventLoop
import FoundationEssentials

/// To whom a suite's folder belongs: to whom its programs run as, and nobody else sees what is in it.
extension SuiteFolder {
    /// Whom the programs become where this process is the superuser: whoever has the folder, else who is there for it. Nil where they run
    /// as this process does.
    var user: SystemUser? {
        guard getuid() == 0 else { return nil }
        var info = stat()
        let owner = stat(path, &info) == 0 && info.st_uid != 0 ? SystemUser(numbered: info.st_uid) : nil
        return owner ?? SystemUser.ofSuite
    }

    /// What a suite puts into its folder, PostgreSQL's data left out; the folder may hold other things, too.
    private static let parts = [
        "broker", "bus-users", "bus-rights", "operator.properties", "keys.json", "lock", "log", "maildir",
        "restart.lock", "secrets.json",
        "settings.json", "state.json", "watch.json", "watch.lock",
    ]

    /// Gives the folder to its user and closes it to all others, with what older programs made in it for everybody's eyes.
    func secure() throws {
        var info = stat()
        guard stat(path, &info) == 0 else { throw SuiteError("\(path): \(String(cString: strerror(errno)))") }
        // A folder for everybody's files, such as /tmp, is nobody's to take.
        guard info.st_mode & S_ISVTX == 0 else {
            throw SuiteError("\(path) is a folder that all share: name one for the suite alone with --run")
        }
        let user = user
        let isOwned = user.map { $0.user == info.st_uid } ?? true
        if isOwned, info.st_mode & 0o077 == 0 { return }
        takeOver()
        if let user, chown(path, user.user, user.group) != 0 {
            throw SuiteError("\(path) cannot be given to \(user.name): \(String(cString: strerror(errno)))")
        }
        chmod(path, info.st_mode & 0o700 | 0o700)
    }

    /// Gives what is in the folder to its user and closes it: what ended just now may have been started by an older program, as the
    /// superuser, and have written until its end.
    func takeOver() {
        for part in Self.parts {
            user?.own("\(path)/\(part)")
            Self.closeToOthers("\(path)/\(part)")
        }
    }

    private static func closeToOthers(_ path: String) {
        var info = stat()
        guard lstat(path, &info) == 0, info.st_mode & S_IFMT != S_IFLNK else { return }
        if info.st_mode & 0o077 != 0 { chmod(path, info.st_mode & 0o700) }
        guard info.st_mode & S_IFMT == S_IFDIR else { return }
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
            closeToOthers("\(path)/\(name)")
        }
    }

    /// Gives a file to whom the programs run as: one that the superuser has made they could not open.
    func handOver(_ file: Int32) {
        if let user { fchown(file, user.user, user.group) }
    }

    /// The log of a program, there to be written by it.
    func writableLog(of program: String) -> String {
        let path = log(of: program)
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        if file >= 0 {
            handOver(file)
            close(file)
        }
        return path
    }

    /// Opens a file to be locked.
    func openLock(_ name: String) -> Int32 {
        let file = open("\(path)/\(name)", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if file >= 0 { handOver(file) }
        return file
    }
}
