#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the kernel says of processes, by their number or as `self`; nothing where there is no `/proc`.
package enum ProcessFile {
    /// The fields of `stat` from the state on. The one before is the program's name in brackets and may hold anything, spaces and
    /// brackets too.
    package static func state(of process: String) -> [Substring]? {
        guard let tail = contents("/proc/\(process)/stat").split(separator: ")").last else { return nil }
        let fields = tail.split(separator: " ")
        return fields.count > 19 ? fields : nil
    }

    /// Resident memory in bytes.
    package static func residentBytes(of process: String) -> Int? {
        let fields = contents("/proc/\(process)/statm").split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// What a file holds, of any kind; empty when it cannot be read.
    package static func contents(_ path: String, last bytes: Int? = nil) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        // Where it is shorter, this fails and changes nothing.
        if let bytes { lseek(file, off_t(-bytes), SEEK_END) }
        var all: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 8192)
        while true {
            let count = read(file, &part, part.count)
            guard count > 0 else { break }
            all += part[..<count]
        }
        return String(decoding: all, as: UTF8.self)
    }
}
