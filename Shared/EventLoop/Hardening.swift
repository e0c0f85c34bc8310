import CLinux
import CUV

/// What every program does before anything else: what it makes is for its user alone, its memory stays with it, it may have as many
/// files open as the system lets it, and it is no longer the superuser where whoever started it names another user.
public enum Hardening {
    /// The setting that names the user, `101:104`: user and group by number. A program is started as the superuser, so that it is found
    /// wherever it lies, and becomes that user by itself.
    public static let userSetting = "RUN_AS"

    /// Call it first; ends the process where it cannot become who it should be.
    public static func begin() {
        umask(0o077)
        limit(RLIMIT_CORE) { $0.rlim_cur = 0 }
        // Every connection takes a descriptor; shells allow few of them unless asked.
        limit(RLIMIT_NOFILE) { $0.rlim_cur = $0.rlim_max }
        becomeUser()
        // Last: another user would make it readable again.
        clinux_close_process()
    }

    private static func limit(_ resource: __rlimit_resource, _ change: (inout rlimit) -> Void) {
        var limit = rlimit()
        let resource = __rlimit_resource_t(resource.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return }
        change(&limit)
        setrlimit(resource, &limit)
    }

    private static func becomeUser() {
        guard getuid() == 0, let text = getenv(userSetting).map({ String(cString: $0) }) else { return }
        let numbers = text.split(separator: ":").compactMap { UInt32($0) }
        // Groups first: afterwards nobody may change them.
        guard numbers.count == 2, setgroups(0, nil) == 0, setgid(numbers[1]) == 0, setuid(numbers[0]) == 0,
            numbers[0] == 0 || setuid(0) != 0
        else {
            let words = Array("cannot become the user that \(userSetting)=\(text) names\n".utf8)
            _ = words.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
            _exit(1)
        }
        unsetenv(userSetting)
    }
}
