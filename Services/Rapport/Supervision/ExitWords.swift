import EventLoop
import FoundationEssentials

extension ChildProcess.Exit {
    /// For people: `killed by SIGKILL`, `ended with status 1`.
    var words: String {
        guard signal != 0 else { return "ended with status \(status)" }
        return "killed by \(Self.names[Int32(signal)] ?? "signal \(signal)")"
    }

    private static let names: [Int32: String] = [
        SIGHUP: "SIGHUP", SIGINT: "SIGINT", SIGQUIT: "SIGQUIT", SIGILL: "SIGILL", SIGTRAP: "SIGTRAP",
        SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGKILL: "SIGKILL", SIGSEGV: "SIGSEGV",
        SIGPIPE: "SIGPIPE", SIGALRM: "SIGALRM", SIGTERM: "SIGTERM",
    ]
}
