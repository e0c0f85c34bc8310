import CLinux
import EventLoop

/// A refusal of the file system.
struct DiskError: Error, CustomStringConvertible {
    let code: Int32
    let operation: String

    init(_ operation: String, code: Int32 = errno) {
        self.code = code
        self.operation = operation
    }

    /// Whether there was no room, or too many files were open, and what was there before is untouched.
    var isFull: Bool {
        // After a refused flush nobody knows what is on the disk.
        !operation.hasPrefix("f") && [ENOSPC, EDQUOT, EFBIG, EMFILE, ENFILE].contains(code)
    }

    var description: String { "\(operation): \(String(cString: strerror(code)))" }

    @discardableResult
    static func check<T: SignedInteger>(_ result: T, _ operation: @autoclosure () -> String) throws -> T {
        if result < 0 { throw DiskError(operation()) }
        return result
    }
}

/// A file does not hold what was written to it.
struct Damage: Error, CustomStringConvertible {
    let file: OpenFile
    let position: Int

    var description: String {
        "\(file.path) is damaged at byte \(position); put back a copy of the file and start again"
    }
}

/// An open file that closes itself with its last user, so that one may be closed while a worker still reads it.
final class OpenFile: Sendable {
    let path: String
    let descriptor: Int32

    init(_ path: String, _ flags: Int32 = O_RDWR) throws {
        self.path = path
        descriptor = try DiskError.check(open(path, flags | O_CLOEXEC, 0o644), "open \(path)")
    }

    deinit { close(descriptor) }

    /// Reads up to `count` bytes; fewer at the file's end.
    func read(_ count: Int, at position: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
                let done = pread(descriptor, rest.baseAddress, rest.count, position + filled)
                if done < 0, errno == EINTR { continue }
                if try DiskError.check(done, "read") == 0 { return }
                filled += done
            }
        }
    }

    /// Has the system bring no more into memory than is read, so that nothing is there unchecked.
    func readNoMoreThanAsked() { posix_fadvise(descriptor, 0, 0, Int32(POSIX_FADV_RANDOM)) }

    /// A part of it, to be sent.
    func part(_ range: Range<Int>) -> FilePart {
        FilePart(self, descriptor: descriptor, position: range.lowerBound, count: range.count)
    }

    /// Whether reading a part of it does not wait for the disk.
    func isCached(_ part: Range<Int>) -> Bool { clinux_is_cached(descriptor, part.lowerBound, part.count) != 0 }

    func write(_ bytes: UnsafeRawBufferPointer, at position: Int) throws {
        var written = 0
        while written < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
            let done = pwrite(descriptor, rest.baseAddress, rest.count, position + written)
            if done < 0, errno == EINTR { continue }
            written += try DiskError.check(done, "write")
        }
    }

    func synchronise() throws { try DiskError.check(fdatasync(descriptor), "fdatasync") }
    func truncate(to size: Int) throws { try DiskError.check(ftruncate(descriptor, size), "truncate") }

    /// The file system's number for the file, which stays with it when it is renamed.
    var number: Int {
        get throws {
            var status = stat()
            try DiskError.check(fstat(descriptor, &status), "fstat")
            return Int(truncatingIfNeeded: status.st_ino)
        }
    }

    var size: Int {
        get throws {
            var status = stat()
            try DiskError.check(fstat(descriptor, &status), "fstat")
            return Int(status.st_size)
        }
    }
}

/// Folders and small files; every call may wait for the disk.
enum Disk {
    /// Makes a folder and those above it; workers may do so side by side.
    static func makeFolder(_ path: String) throws {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, parent(of: path) != path else { throw DiskError("make the folder \(path)") }
        try makeFolder(parent(of: path))
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw DiskError("make the folder \(path)") }
    }

    /// What Linux calls this run of the system, other after each start; empty where that is not to be had.
    static var bootID: [UInt8] {
        (try? OpenFile("/proc/sys/kernel/random/boot_id", O_RDONLY).read(64, at: 0)) ?? []
    }

    /// Makes the names in a folder durable.
    static func synchroniseFolder(_ path: String) throws {
        let folder = try OpenFile(path, O_RDONLY | O_DIRECTORY)
        try DiskError.check(fsync(folder.descriptor), "fsync \(path)")
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The names in a folder, sorted; none if it does not exist.
    static func names(in path: String) throws -> [String] {
        guard let folder = opendir(path) else {
            if errno == ENOENT { return [] }
            throw DiskError("list \(path)")
        }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes a file or a folder with all that is in it.
    static func remove(_ path: String) throws {
        if unlink(path) == 0 || errno == ENOENT { return }
        for name in try names(in: path) { try remove("\(path)/\(name)") }
        if rmdir(path) != 0, errno != ENOENT { throw DiskError("remove \(path)") }
    }

    /// The whole of a small file; nil if it does not exist.
    static func contents(of path: String) throws -> [UInt8]? {
        guard access(path, F_OK) == 0 else { return nil }
        let file = try OpenFile(path, O_RDONLY)
        return try file.read(try file.size, at: 0)
    }

    /// Replaces a small file: after a crash there is the old one or the new one.
    static func replace(_ path: String, with bytes: [UInt8], isDurable: Bool = true) throws {
        let draft = path + ".new"
        do {
            let file = try OpenFile(draft, O_RDWR | O_CREAT | O_TRUNC)
            try bytes.withUnsafeBytes { try file.write($0, at: 0) }
            if isDurable { try file.synchronise() }
        }
        try DiskError.check(rename(draft, path), "rename \(draft)")
        if isDurable { try synchroniseFolder(parent(of: path)) }
    }
}
