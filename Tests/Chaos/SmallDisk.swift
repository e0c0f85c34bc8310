import EventLoop
import FoundationEssentials
import Rapport

/// A disk of a gigabyte for PostgreSQL's data, in memory, that can be filled up: only the superuser can have one.
@Loop
final class SmallDisk {
    /// Where PostgreSQL's data is.
    let path: String
    private var filler: String { path + "/filler" }

    /// Mounts it; nil for who may not.
    static func mount(at path: String) async throws -> SmallDisk? {
        guard getuid() == 0 else { return nil }
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        // A run whose data was kept for a look has left one.
        _ = try await ChildProcess("umount", ["-l", path], output: "/dev/null").exit()
        let run = try ChildProcess(
            "mount", ["-t", "tmpfs", "-o", "size=1g,mode=700", "rapport-chaos", path], output: "/dev/null")
        guard try await run.exit().isSuccess else { return nil }
        return SmallDisk(path)
    }

    private init(_ path: String) { self.path = path }

    /// Takes all that is free.
    func fill() throws {
        var space = statvfs()
        guard statvfs(path, &space) == 0 else { throw SuiteError("\(path): \(String(cString: strerror(errno)))") }
        let file = open(filler, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw SuiteError("\(filler): \(String(cString: strerror(errno)))") }
        defer { close(file) }
        var left = Int(space.f_bavail) * Int(space.f_frsize)
        // What others take meanwhile makes the last piece smaller.
        while left >= 4096, posix_fallocate(file, 0, left) != 0 { left = left * 9 / 10 }
        var place = lseek(file, 0, SEEK_END)
        let block = [UInt8](repeating: 0, count: 4096)
        while true {
            let written = pwrite(file, block, block.count, place)
            if written <= 0 { return }
            place += off_t(written)
        }
    }

    /// Gives it back.
    func free() { unlink(filler) }

    /// Takes the disk away, with what is on it.
    func unmount() async throws {
        _ = try await ChildProcess("umount", ["-l", path], output: "/dev/null").exit()
    }
}
