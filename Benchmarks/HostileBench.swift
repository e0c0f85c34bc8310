import EventLoop
import FoundationEssentials

/// What hostile callers can take from others: memory, connections, the loop.
@Loop
struct HostileBench {
    let bench: Bench
    init(_ bench: Bench) { self.bench = bench }

    func run() async throws {
        bench.title("hostile callers: what one takes, and how others fare meanwhile")
        _ = try await bench.contactsSchema()
        try await memory()
        try await connections()
        try await holds()
    }

    // MARK: Memory

    /// 1,000 connections that each send all of a megabyte but the last byte, and hold it.
    private func memory() async throws {
        let program = try await RunningProgram.start("rapport-contacts", bench)
        defer { program.kill() }
        try await Loop.sleep(for: .seconds(2))
        let before = program.residentMegabytes
        let head = "POST /v1/parties HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
        let body = Array("\(head)\(1 << 20)\r\n\r\n{\"name\":\"\(String(repeating: "x", count: (1 << 20) - 10))".utf8)
        let crowd = Crowd(port: program.port, addresses: ["127.0.0.2"], count: 1000, bytes: body)
        let watch = Watch(program)
        let watching = Task { @Loop in await watch.run() }
        let sent = try await Loop.offload { crowd.press(for: 15) }
        watch.hasEnded = true
        await watching.value
        bench.row(
            "1,000 connections, each 1 MB less a byte: resident", "\(decimal(watch.peak, 0)) MB at most",
            beside: "before \(decimal(before, 0)) MB; \(grouped(Double(sent.bytes) / 1e6)) MB taken", goal: "< 300 MB")
        showOthers(watch)
        crowd.close()
        try await Loop.sleep(for: .seconds(5))
        let after = program.residentMegabytes
        bench.row(
            "five seconds after they have gone", "\(decimal(after, 0)) MB", beside: "before \(decimal(before, 0)) MB",
            goal: "within 20 MB")
    }

    private func showOthers(_ watch: Watch) {
        bench.row(
            "another address meanwhile: answered, p99, slowest", "\(watch.times.count) of \(watch.asked)",
            beside:
                "\(decimal(watch.times.percentile(0.99).seconds * 1000, 1)) ms, \(decimal((watch.times.max() ?? .zero).seconds * 1000, 1)) ms",
            goal: "all, < 100 ms")
    }

    // MARK: Connections

    /// 5,000 connections to a process that may have 1,024 files open.
    private func connections() async throws {
        for addresses in [["127.0.0.2"], (2...6).map { "127.0.0.\($0)" }] {
            let program = try await RunningProgram.start("rapport-contacts", bench, files: 1024)
            defer { program.kill() }
            let crowd = Crowd(port: program.port, addresses: addresses, count: 5000, bytes: Array("GET /".utf8))
            let watch = Watch(program)
            let watching = Task { @Loop in await watch.run() }
            let sent = try await Loop.offload { crowd.press(for: 8) }
            watch.hasEnded = true
            await watching.value
            bench.row(
                "5,000 connections of \(addresses.count) addresses, 1,024 files", "\(sent.open) stay open",
                beside: "\(decimal(watch.peak, 0)) MB at most")
            showOthers(watch)
            crowd.close()
        }
    }

    // MARK: The loop

    /// Bodies and files that cost most, one at a time, and the longest hold of the loop that any of them made.
    private func holds() async throws {
        let notifications = try await RunningProgram.start("rapport-notifications", bench)
        defer { notifications.kill() }
        let contacts = try await RunningProgram.start("rapport-contacts", bench)
        defer { contacts.kill() }
        // Holds of the start are shown for half a minute.
        try await Loop.sleep(for: .seconds(32))
        let quiet = (try await contacts.longestHold(), try await notifications.longestHold())
        let preview = "/v1/templates/\(try await template(notifications.port))/preview"
        for (name, text) in Self.previews {
            try await send("preview: \(name)", notifications.port, preview, Array(text.utf8))
        }
        for (name, text) in Self.parties {
            try await send("party: \(name)", contacts.port, "/v1/parties", Array(text.utf8))
        }
        for (name, file) in Self.files {
            try await send("import: \(name)", contacts.port, "/v1/imports", file, type: "text/csv", for: .seconds(2))
            try await send("import's preview: \(name)", contacts.port, "/v1/imports/preview", file, type: "text/csv")
        }
        try await Loop.sleep(for: .seconds(5))
        let (first, second) = (try await contacts.longestHold(), try await notifications.longestHold())
        bench.row(
            "longest hold of the loop: contacts", "\(decimal(first * 1000, 1)) ms",
            beside: "before \(decimal(quiet.0 * 1000, 1)) ms", goal: "< 20 ms")
        bench.row(
            "longest hold of the loop: notifications", "\(decimal(second * 1000, 1)) ms",
            beside: "before \(decimal(quiet.1 * 1000, 1)) ms", goal: "< 20 ms")
    }

    private static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    private static let previews: [(String, String)] = [
        ("a megabyte of links", #"{"data":{"body":"\#(repeated("http://a ", 110_000))"}}"#),
        ("a megabyte of lines", #"{"data":{"body":"\#(repeated("a\\n", 340_000))"}}"#),
        ("a megabyte of signs of HTML", #"{"data":{"body":"\#(repeated("<", 1_040_000))"}}"#),
        ("90,000 members", "{\"data\":{\((0..<90_000).map { "\"k\($0)\":\"\"" }.joined(separator: ","))}}"),
    ]

    private static let parties: [(String, String)] = [
        (
            "90,000 custom keys",
            "{\"name\":\"A\",\"custom\":{\((0..<90_000).map { "\"k\($0)\":1" }.joined(separator: ","))}}"
        ),
        ("340,000 tags", "{\"name\":\"A\",\"tags\":[\(repeated("\"\",", 340_000))\"\"]}"),
        ("a note of a megabyte", "{\"name\":\"A\",\"notes\":\"\(repeated("é", 500_000))\"}"),
        ("a name of a megabyte", "{\"name\":\"\(repeated("ä", 500_000))\"}"),
        ("999 tags", "{\"name\":\"A\",\"tags\":[\((0..<990).map { "\"t\($0)\"" }.joined(separator: ","))]}"),
        ("brackets without end", repeated("[", 1_000_000)),
    ]

    private static let files: [(String, [UInt8])] = [
        ("two million columns", Array("name\(repeated(",a", 2_000_000))\n".utf8)),
        ("4 MB in a quote that never ends", Array("name\n\"\(repeated("x", 5_000_000))".utf8)),
        ("300,000 empty rows", Array("name\n\(repeated(",\n", 300_000))".utf8)),
        ("2 MB of quotes", Array("name\n\(repeated("\"", 2_000_000))".utf8)),
        ("260,000 rows of a letter", Array("name\n\(repeated("A\n", 260_000))".utf8)),
        ("100,000 rows that are refused", Array("name,email\n\(repeated("A,x\n", 100_000))".utf8)),
    ]

    private func template(_ port: Int) async throws -> String {
        let client = try await LoadClient.connect(port: port)
        defer { client.close() }
        let answer = try await client.ask(Array("GET /v1/templates HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
        struct Templates: Decodable { let items: [Named] }
        struct Named: Decodable { let name: String }
        let names = try JSONDecoder().decode(Templates.self, from: Data(answer.body)).items.map(\.name)
        return names.first { $0 == "plain" } ?? names.first ?? ""
    }

    /// Sends a body, and asks something small again and again meanwhile, for a time at least: how long that waited is what the body held
    /// others up.
    private func send(
        _ name: String, _ port: Int, _ path: String, _ body: [UInt8], type: String = "application/json",
        for time: Duration = .milliseconds(300)
    ) async throws {
        let client = try await LoadClient.connect(port: port)
        defer { client.close() }
        let head =
            "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: \(type)\r\nContent-Length: \(body.count)\r\n\r\n"
        let end = Loop.now + time
        let sending = Task { @Loop in try await client.ask(Array(head.utf8) + body).status }
        let other = try await LoadClient.connect(port: port)
        defer { other.close() }
        var longest = Duration.zero
        while Loop.now < end {
            let begin = Loop.now
            _ = try await other.ask(Array("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
            longest = max(longest, Loop.now - begin)
        }
        bench.row(
            name, "answered \(try await sending.value)",
            beside: "\(grouped(Double(body.count))) bytes; others waited \(decimal(longest.seconds * 1000, 1)) ms")
    }
}

extension RunningProgram {
    /// Seconds, of the last half minute.
    fileprivate func longestHold() async throws -> Double {
        let client = try await LoadClient.connect(port: port)
        defer { client.close() }
        let answer = try await client.ask(Array("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
        let name = "crm_loop_longest_hold_seconds "
        for line in String(decoding: answer.body, as: UTF8.self).split(separator: "\n") where line.hasPrefix(name) {
            return Double(line.dropFirst(name.count)) ?? 0
        }
        throw BenchError(text: "\(name)is not told")
    }
}

/// Asks a program again and again over new connections, and looks at its memory.
@Loop
private final class Watch {
    private let program: RunningProgram
    private(set) var times: [Duration] = []
    private(set) var asked = 0
    private(set) var peak = 0.0
    var hasEnded = false

    init(_ program: RunningProgram) { self.program = program }

    func run() async {
        while !hasEnded {
            peak = max(peak, program.residentMegabytes)
            asked += 1
            let begin = Loop.now
            if await program.isReady() { times.append(Loop.now - begin) }
            try? await Loop.sleep(for: .milliseconds(20))
        }
    }
}

/// Many connections of a few addresses of this machine, made and kept by a thread of their own, so that they hold up nobody who measures.
private final class Crowd: @unchecked Sendable {
    private let port: Int
    private let addresses: [String]
    private let count: Int
    private let bytes: [UInt8]
    /// Each socket and how many bytes of it were taken; of one thread at a time.
    private var sockets: [(file: Int32, sent: Int)] = []

    init(port: Int, addresses: [String], count: Int, bytes: [UInt8]) {
        self.port = port
        self.addresses = addresses
        self.count = count
        self.bytes = bytes
    }

    /// Connects, sends what is taken for so many seconds, and tells how much that was and how many connections there still are.
    func press(for seconds: Int) -> (bytes: Int, open: Int) {
        for number in 0..<count { open(from: addresses[number % addresses.count]) }
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            for index in sockets.indices { push(index) }
            usleep(10_000)
        }
        return (sockets.reduce(0) { $0 + $1.sent }, sockets.count { isOpen($0.file) })
    }

    func close() {
        for socket in sockets { Glibc.close(socket.file) }
        sockets = []
    }

    private func open(from address: String) {
        let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_NONBLOCK, 0)
        guard file >= 0 else { return }
        var (own, other) = (Self.address(address, 0), Self.address("127.0.0.1", port))
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafePointer(to: &own) {
            _ = $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(file, $0, size) }
        }
        withUnsafePointer(to: &other) {
            _ = $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(file, $0, size) }
        }
        sockets.append((file, 0))
    }

    private static func address(_ text: String, _ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        inet_pton(AF_INET, text, &address.sin_addr)
        return address
    }

    /// Sends all but the last byte of what is to be sent.
    private func push(_ index: Int) {
        let (file, sent) = sockets[index]
        guard sent < bytes.count - 1 else { return }
        let taken = bytes.withUnsafeBytes {
            send(file, $0.baseAddress.map { $0 + sent }, bytes.count - 1 - sent, Int32(MSG_NOSIGNAL))
        }
        if taken > 0 { sockets[index].sent += taken }
    }

    private func isOpen(_ file: Int32) -> Bool {
        var watched = pollfd(file: file)
        return poll(&watched, 1, 0) == 0
    }
}

extension pollfd {
    /// Whether there is something to read, or the peer has gone.
    fileprivate init(file: Int32) { self.init(fd: file, events: Int16(POLLIN), revents: 0) }
}
