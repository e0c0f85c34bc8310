#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What this process uses of the machine, read from `/proc` when asked for; nothing where there is no `/proc`.
enum ProcessUse {
    static func rendered() -> String {
        var text = ""
        if let resident = ProcessFile.residentBytes(of: "self") {
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
        guard let fields = ProcessFile.state(of: "self"), let user = Double(fields[11]),
            let system = Double(fields[12]), let start = Double(fields[19]),
            let boot = ProcessFile.contents("/proc/stat").split(separator: "\n").first(where: { $0.hasPrefix("btime ") }
            ),
            let bootTime = Double(boot.dropFirst(6))
        else { return nil }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        return ((user + system) / ticks, bootTime + start / ticks)
    }
}
