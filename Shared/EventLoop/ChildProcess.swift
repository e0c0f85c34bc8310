import CUV

/// A program that this process started.
@Loop
public final class ChildProcess {
    /// How a program ended.
    public struct Exit: Sendable, Equatable {
        /// The program's own status, 0 for success.
        public let status: Int
        /// The signal that ended it, 0 for none.
        public let signal: Int
        /// Whether it ended by itself with status 0.
        public var isSuccess: Bool { status == 0 && signal == 0 }
    }

    /// The operating system's number for it.
    public let id: Int32
    private let ended: Completion<Exit>

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - path: the program; without a slash it is looked for in `PATH`.
    ///   - environment: the whole environment as `NAME=value`; nil passes this process's own on.
    ///   - output: the file that takes standard output and error, appended; nil passes this process's own on.
    ///   - sockets: open files that it finds as numbers 3, 4 and so on.
    ///   - isDetached: whether it goes on when this process ends, in a session of its own.
    public init(
        _ path: String, _ arguments: [String], environment: [String]? = nil, directory: String? = nil,
        output: String? = nil, sockets: [Int32] = [], isDetached: Bool = false, userID: UInt32? = nil,
        groupID: UInt32? = nil
    ) throws {
        var log: Int32 = -1
        if let output {
            log = open(output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
            if log < 0 { throw UVError(-errno, "open \(output)") }
        }
        defer { if log >= 0 { Glibc.close(log) } }
        let ended = Completion<Exit>()
        self.ended = ended
        let handle = UnsafeMutablePointer<uv_process_t>.allocate(capacity: 1)
        handle.pointee.data = Unmanaged.passRetained(ended).toOpaque()
        let loop = UVDriver.current.loop
        let code = Self.withStrings([path] + arguments) { argv in
            Self.withStrings(environment ?? []) { environ in
                var options = uv_process_options_t()
                options.file = UnsafePointer(argv[0])
                options.args = argv
                if environment != nil { options.env = environ }
                var flags: UInt32 = isDetached ? UInt32(UV_PROCESS_DETACHED.rawValue) : 0
                if let userID {
                    flags |= UInt32(UV_PROCESS_SETUID.rawValue)
                    options.uid = userID
                }
                if let groupID {
                    flags |= UInt32(UV_PROCESS_SETGID.rawValue)
                    options.gid = groupID
                }
                options.flags = flags
                options.exit_cb = { handle, status, signal in
                    guard let handle, let data = handle.pointee.data else { return }
                    let ended = Unmanaged<Completion<Exit>>.fromOpaque(data).takeRetainedValue()
                    Loop.assumeIsolated { ended.succeed(Exit(status: Int(status), signal: Int(signal))) }
                    uv_close(cuv_handle(handle)) { UnsafeMutableRawPointer($0)?.deallocate() }
                }
                var stdio = [uv_stdio_container_t](repeating: uv_stdio_container_t(), count: 3 + sockets.count)
                stdio[0].flags = UV_IGNORE
                for index in 1...2 {
                    stdio[index].flags = UV_INHERIT_FD
                    stdio[index].data.fd = log >= 0 ? log : Int32(index)
                }
                for (index, socket) in sockets.enumerated() {
                    stdio[3 + index].flags = UV_INHERIT_FD
                    stdio[3 + index].data.fd = socket
                }
                return stdio.withUnsafeMutableBufferPointer { containers in
                    options.stdio = containers.baseAddress
                    options.stdio_count = Int32(containers.count)
                    func spawn() -> Int32 { uv_spawn(loop, handle, &options) }
                    guard let directory else { return spawn() }
                    return directory.withCString {
                        options.cwd = $0
                        return spawn()
                    }
                }
            }
        }
        id = handle.pointee.pid
        guard code >= 0 else {
            Unmanaged.passUnretained(ended).release()
            uv_close(cuv_handle(handle)) { UnsafeMutableRawPointer($0)?.deallocate() }
            throw UVError(code, "start \(path)")
        }
    }

    /// Waits for its end.
    public func exit() async throws -> Exit { try await ended.wait() }

    /// Whether it has ended.
    public var hasEnded: Bool { ended.isComplete }

    /// Sends it a signal; one that has ended gets none.
    public func kill(_ signal: Int32) {
        if !hasEnded { uv_kill(id, signal) }
    }

    private static func withStrings<T>(
        _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> T
    ) -> T {
        var pointers = strings.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("a list ends with a null") }
            return body(base)
        }
    }
}
