import EventLoop

/// Who may sign in and what each may do, as the files have it: a change counts within a second, for clients that are there, too.
@Loop
final class AccessBook {
    let signIn: SignInBook
    /// Called with all users when the files have changed.
    var onChange: (Set<String>) -> Void = { _ in }
    private let rightsFile: String?
    private var rights: [String: Rights] = [:]
    private var seen: [FileMark?] = []
    private var timer: LoopTimer?
    private let report: (String) -> Void

    /// Reads the files; throws where the one of rights is missing or wrong, for then nobody knows what was meant.
    init(
        users: Users, rights file: String?, folder: String, _ report: @escaping (String) -> Void
    ) async throws {
        rightsFile = file
        self.report = report
        signIn = try await Loop.offload { try SignInBook(users, folder: folder) }
        seen = marks
        if let file { rights = try await Self.read(file) }
        look()
    }

    /// What a user may do; everything where no rights are set.
    func rights(of user: String) -> Rights { rightsFile == nil ? .everything : rights[user] ?? .none }

    func close() { timer?.cancel() }

    /// Reads the files again where they have changed: whoever signs in has the rights that he has now.
    func refresh() async {
        let now = marks
        guard now != seen else { return }
        seen = now
        await readAgain()
    }

    private func look() {
        timer = Loop.after(.seconds(1)) { [weak self] in
            guard let self else { return }
            Task { @Loop in await self.refresh() }
            look()
        }
    }

    private func readAgain() async {
        do {
            if let rightsFile { rights = try await Self.read(rightsFile) }
            let users = signIn.users
            onChange(Set(try await Loop.offload { try users.names() }))
        } catch {
            report("users and rights cannot be read again, so those before stay: \(error)")
        }
    }

    private static func read(_ file: String) async throws -> [String: Rights] {
        try await Loop.offload {
            guard let bytes = try Disk.contents(of: file) else { throw BrokerError("\(file) is missing") }
            return try RightsFile(String(decoding: bytes, as: UTF8.self)).users
        }
    }

    private var marks: [FileMark?] {
        [FileMark(signIn.users.path), rightsFile.flatMap { FileMark($0) }]
    }
}

/// Tells whether a file is another than before.
private struct FileMark: Equatable {
    private let inode: UInt
    private let size: Int
    private let seconds: Int
    private let nanoseconds: Int

    /// Nil for a file that is not there.
    init?(_ path: String) {
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        (inode, size) = (UInt(info.st_ino), Int(info.st_size))
        (seconds, nanoseconds) = (info.st_mtim.tv_sec, info.st_mtim.tv_nsec)
    }
}
