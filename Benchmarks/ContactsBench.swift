import EventLoop
import FoundationEssentials
import Postgres

/// Import, search and lists of contacts over HTTP, at `BENCH_PARTIES` parties (a million unless given).
@Loop
struct ContactsBench {
    let bench: Bench
    init(_ bench: Bench) { self.bench = bench }

    func run() async throws {
        let count = ProcessInfo.processInfo.environment["BENCH_PARTIES"].flatMap(Int.init) ?? 1_000_000
        bench.title("contacts: import, search and lists at \(grouped(Double(count))) parties")
        _ = try await bench.contactsSchema()
        let program = try await RunningProgram.start("rapport-contacts", bench)
        defer { program.kill() }
        let client = try await LoadClient.connect(port: program.port)
        defer { client.close() }
        let first = try await importAll(count, program, client)
        try await drained(count)
        try await analyze()
        var people = People(seed: 17)
        let sample = (0..<200).map { people.person($0 * (count / 200) + $0 % 7) }
        try await search(sample, client)
        try await lists(client)
        try await export(count, program.port)
        try await beside(count, program.port, client)
        try await HTTPBench(bench).creates(program.port, first: 3 * count)
        try await undo(count, first, client)
    }

    // MARK: Import

    private func importAll(_ count: Int, _ program: RunningProgram, _ client: LoadClient) async throws -> String {
        var people = People(seed: 17)
        var body = Array("姓名,电子邮箱,手机,国家,标签\n".utf8)
        for number in 0..<count { body.append(contentsOf: people.line(number).utf8) }
        let before = program.residentMegabytes
        let begin = Loop.now
        let head =
            "POST /v1/imports HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: \(body.count)\r\n\r\n"
        let answer = try await client.ask(Array(head.utf8) + body)
        body = []
        let uploaded = Loop.now - begin
        guard answer.status == 202 else {
            throw BenchError(
                text: "the upload was answered \(answer.status): \(String(decoding: answer.body, as: UTF8.self))")
        }
        var figures = try JSONDecoder().decode(Figures.self, from: Data(answer.body))
        var peak = before
        while figures.state == "queued" || figures.state == "running" {
            try await Loop.sleep(for: .milliseconds(200))
            peak = max(peak, program.residentMegabytes)
            figures = try JSONDecoder().decode(
                Figures.self, from: Data(try await get("/v1/imports/\(figures.id)", client)))
        }
        let seconds = (Loop.now - begin).seconds
        guard figures.state == "done", figures.rows == count else { throw BenchError(text: "the import is \(figures)") }
        bench.row(
            "import, rows per second, upload included", grouped(Double(count) / seconds),
            beside: "\(grouped(Double(figures.skipped))) duplicates left out", goal: "> 11,230, 20,000 wanted")
        bench.row("upload alone", "\(decimal(uploaded.seconds, 1)) s")
        bench.row("resident before, and its peak", "\(decimal(before, 0)), \(decimal(peak, 0)) MB", goal: "constant")
        return figures.id
    }

    struct Figures: Decodable {
        let id: String
        let state: String
        let rows, skipped, undone, kept: Int
        let error: String?
    }

    /// How long the events of the import take to be published behind it.
    private func drained(_ count: Int) async throws {
        let connection = try await PostgresConnection.open(
            PostgresSettings(url: bench.database, applicationName: "rapport-bench", schema: "contacts"))
        defer { connection.close() }
        let begin = Loop.now
        let waiting = Statement("bench.waiting", "SELECT count(*) FROM outbox")
        var first: Int?
        while true {
            let rows = try await connection.transaction { try await $0.query(waiting) }
            let now: Int = try rows.first?.value(0) ?? 0
            first = first ?? now
            if now == 0 { break }
            try await Loop.sleep(for: .milliseconds(100))
        }
        bench.row(
            "until its events are published", "\(decimal((Loop.now - begin).seconds, 1)) s",
            beside: "\(grouped(Double(first ?? 0))) of \(grouped(Double(count))) waited")
    }

    /// What autovacuum does by itself a little later: statistics, and the search index's pending list.
    private func analyze() async throws {
        let connection = try await PostgresConnection.open(
            PostgresSettings(
                url: bench.database, applicationName: "rapport-bench", schema: "contacts", statementTimeout: 0))
        defer { connection.close() }
        let begin = Loop.now
        for sql in ["ANALYZE party", "SELECT gin_clean_pending_list('party_search')"] {
            _ = try await connection.transaction { try await $0.query(Statement("bench.\(sql.count)", sql)) }
        }
        bench.row("statistics and pending list, by autovacuum otherwise", "\(decimal((Loop.now - begin).seconds, 1)) s")
    }

    // MARK: Questions

    private func search(_ sample: [Person], _ client: LoadClient) async throws {
        let latin = sample.filter { !$0.isChinese }
        let chinese = sample.filter(\.isChinese)
        let kinds: [(String, [String])] = [
            ("prefix of a name", latin.map { String($0.name.prefix(5)) }),
            ("substring of a name", latin.map { String($0.name.dropFirst(2).prefix(5)) }),
            (
                "twelve letters and more of a name",
                latin.map { String($0.name.filter { $0 != " " }.prefix(14)) }.filter { $0.count >= 12 }
            ),
            (
                "a whole long word",
                latin.map { String($0.name.split(separator: " ").last ?? "") }.filter { $0.count >= 8 }
            ),
            ("two words", latin.map { $0.name.split(separator: " ").reversed().joined(separator: " ") }),
            ("a letter wrong in each word", latin.map(\.mistaken)),
            ("Chinese, a whole name", chinese.map(\.name)),
            ("Chinese, two characters within", chinese.map { String($0.name.suffix(2)) }),
            ("Chinese, one character wrong", chinese.filter { $0.name.count == 3 }.map(\.mistaken)),
            ("mail address", sample.map(\.email)), ("phone, as written", sample.map(\.writtenPhone)),
            ("phone, the last four digits", sample.map { String($0.phone.suffix(4)) }),
            ("mail address, a letter wrong", sample.map { Self.mistaken($0.email) }),
            ("phone, a digit wrong", sample.map { Self.mistaken($0.writtenPhone) }),
        ]
        for (kind, words) in kinds {
            try await measure("search: \(kind)", words.map { "/v1/parties?search=\(encoded($0))" }, client, "< 25 ms")
        }
    }

    /// With one of its letters or digits wrong.
    private static func mistaken(_ text: String) -> String {
        var letters = Array(text)
        let place = letters.count / 4
        letters[place] = letters[place].isNumber ? (letters[place] == "7" ? "3" : "7") : "q"
        return String(letters)
    }

    private func lists(_ client: LoadClient) async throws {
        func filter(_ json: String) -> String { "/v1/parties?filter=\(encoded(json))" }
        let kinds: [(String, String)] = [
            ("by name", "/v1/parties?sort=name"), ("by date of creation", "/v1/parties?sort=createdAt"),
            ("a country of a fifth", filter(#"[{"field":"country","is":"CN"}]"#)),
            ("a tag of a thousandth", filter(#"[{"field":"tag","is":"vip7"}]"#)),
            (
                "both, newest first",
                filter(#"[{"field":"tag","is":"vip7"},{"field":"country","is":"CN"}]"#) + "&sort=createdAt"
            ),
        ]
        for (kind, path) in kinds {
            var paths: [String] = []
            var next = ""
            for _ in 0..<40 {
                paths.append(path + next)
                let page = try JSONDecoder().decode(Page.self, from: Data(try await get(path + next, client)))
                guard let cursor = page.next else { break }
                next = (path.contains("?") ? "&" : "?") + "after=\(encoded(cursor))"
            }
            try await measure("list page: \(kind)", paths, client, "< 30 ms")
        }
        let count = filter(#"[{"field":"country","is":"CN"}]"#).replacing("/v1/parties", with: "/v1/parties/count")
        try await measure("count, bounded", Array(repeating: count, count: 20), client, "< 30 ms")
        let read = filter(#"[{"field":"notes","isSet":true}]"#).replacing("/v1/parties", with: "/v1/parties/count")
        try await measure("count of what is only read", Array(repeating: read, count: 20), client, "< 30 ms")
    }

    private struct Page: Decodable { let next: String? }

    func measure(_ what: String, _ paths: [String], _ client: LoadClient, _ goal: String) async throws {
        var times: [Duration] = []
        for path in paths {
            let begin = Loop.now
            _ = try await get(path, client)
            times.append(Loop.now - begin)
        }
        let p50 = decimal(times.percentile(0.5).seconds * 1000, 1)
        bench.row(
            what, "p95 \(decimal(times.percentile(0.95).seconds * 1000, 1)) ms",
            beside: "p50 \(p50) ms, of \(times.count)",
            goal: goal)
    }

    func get(_ path: String, _ client: LoadClient) async throws -> [UInt8] {
        let answer = try await client.ask(Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
        guard answer.status == 200 else {
            throw BenchError(
                text: "\(path) was answered \(answer.status): \(String(decoding: answer.body, as: UTF8.self))")
        }
        return answer.body
    }

    func encoded(_ text: String) -> String {
        text.utf8.map { "%" + String(Int($0) + 256, radix: 16).suffix(2) }.joined()
    }
}
