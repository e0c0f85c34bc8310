#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What this process uses of the machine, read from `/proc` when asked for; nothing where there is no `/proc`.
enum ProcessUse {
    static func rendered() -> String {
        var text = ""
        if let resident = residentBytes() {
            text += metric("process_resident_memory_bytes", "gauge", "Memory of the process.", Double(resident))
        }
        if let files = openFiles() {
            text += metric("process_open_fds", "gauge", "Open file descriptors.", Double(files))
        }
        if let (cpu, start) = times() {
            text += metric("process_cpu_seconds_total", "counter", "Processor time, user and system, in seconds.", cpu)
            text += metric("process_start_time_seconds", "gauge", "Start of the process, in seconds since 1970.", start)
        }
        return text
    }

    private static func metric(_ name: String, _ kind: String, _ help: String, _ value: Double) -> String {
        "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n" + sample(name, "", number(value))
    }

    private static func residentBytes() -> Int? {
        let fields = contents("/proc/self/statm").split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func openFiles() -> Int? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Less the two names of folders and the descriptor of this reading.
        return count - 3
    }

    /// Processor seconds, and the start in seconds since 1970.
    private static func times() -> (cpu: Double, start: Double)? {
        // The second field is the program's name in brackets and may hold anything, spaces and brackets too.
        guard let tail = contents("/proc/self/stat").split(separator: ")").last else { return nil }
        let fields = tail.split(separator: " ")
        guard fields.count > 19, let user = Double(fields[11]), let system = Double(fields[12]),
            let start = Double(fields[19]),
            let boot = contents("/proc/stat").split(separator: "\n").first(where: { $0.hasPrefix("btime ") }),
            let bootTime = Double(boot.dropFirst(6))
        else { return nil }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        return ((user + system) / ticks, bootTime + start / ticks)
    }

    private static func contents(_ path: String) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
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
