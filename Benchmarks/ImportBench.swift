import EventLoop
import FoundationEssentials

/// What else files do: out again, back, and beside people at work.
extension ContactsBench {
    /// All parties as CSV.
    func export(_ count: Int, _ port: Int) async throws {
        let begin = Loop.now
        let file = "/tmp/rapport-bench-export-\(getpid()).csv"
        defer { try? FileManager.default.removeItem(atPath: file) }
        _ = try await bench.output(
            of: "curl", ["-sf", "-o", file, "http://127.0.0.1:\(port)/v1/parties/export?format=csv"])
        let seconds = (Loop.now - begin).seconds
        let bytes = (try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int) ?? 0
        bench.row(
            "export as CSV, rows per second", grouped(Double(count) * 0.99 / seconds),
            beside: "\(grouped(Double(bytes >> 20))) MB", goal: "> 20,000")
    }

    /// The duplicate check when somebody is entered, while a file of a tenth as many comes in.
    func beside(_ count: Int, _ port: Int, _ client: LoadClient) async throws {
        var people = People(seed: 18)
        var body = Array("姓名,电子邮箱,手机,国家,标签\n".utf8)
        let rows = max(1000, count / 10)
        for number in 0..<rows { body.append(contentsOf: people.line(2 * count + number).utf8) }
        let figures = try await upload(body, client)
        let other = try await LoadClient.connect(port: port)
        defer { other.close() }
        var known = People(seed: 17)
        var times: [Duration] = []
        var state = figures.state
        var missed = 0
        while state == "queued" || state == "running" {
            let person = known.person((times.count * 7919) % count / 100 * 100)
            let json = Array(#"{"name":"\#(person.name)","email":"\#(person.email)"}"#.utf8)
            let head =
                "POST /v1/duplicates/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: \(json.count)\r\n\r\n"
            let begin = Loop.now
            let answer = try await other.ask(Array(head.utf8) + json)
            times.append(Loop.now - begin)
            if answer.status != 200 || !String(decoding: answer.body, as: UTF8.self).contains("same mail") {
                missed += 1
            }
            if times.count % 50 == 0 { state = try await self.figures(figures.id, client).state }
        }
        let p50 = decimal(times.percentile(0.5).seconds * 1000, 1)
        bench.row(
            "duplicate check on entry, during an import", "p95 \(decimal(times.percentile(0.95).seconds * 1000, 1)) ms",
            beside: "p50 \(p50) ms, of \(times.count), \(missed) missed", goal: "< 10 ms, none missed")
        try await undo(rows, figures.id, client)
    }

    /// An import taken back.
    func undo(_ count: Int, _ id: String, _ client: LoadClient) async throws {
        let begin = Loop.now
        let answer = try await client.ask(
            Array("POST /v1/imports/\(id)/undo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n".utf8))
        guard answer.status == 202 else { throw BenchError(text: "the undo was answered \(answer.status)") }
        var now = try await figures(id, client)
        while now.state == "undoing" {
            try await Loop.sleep(for: .milliseconds(200))
            now = try await figures(id, client)
        }
        let seconds = (Loop.now - begin).seconds
        bench.row(
            "undo of \(grouped(Double(count))) rows, per second", grouped(Double(now.undone + now.kept) / seconds),
            beside: "\(grouped(Double(now.kept))) kept", goal: "as fast as the import")
    }

    private func figures(_ id: String, _ client: LoadClient) async throws -> Figures {
        try JSONDecoder().decode(Figures.self, from: Data(try await get("/v1/imports/\(id)", client)))
    }

    private func upload(_ body: [UInt8], _ client: LoadClient) async throws -> Figures {
        let head =
            "POST /v1/imports HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: \(body.count)\r\n\r\n"
        let answer = try await client.ask(Array(head.utf8) + body)
        guard answer.status == 202 else { throw BenchError(text: "the upload was answered \(answer.status)") }
        return try JSONDecoder().decode(Figures.self, from: Data(answer.body))
    }
}
