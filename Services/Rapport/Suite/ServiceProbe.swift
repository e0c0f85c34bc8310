import EventLoop
import FoundationEssentials
import HTTP

/// Questions to one running service.
@Loop
package struct ServiceProbe {
    let name: String
    /// Of its processes, the first first.
    private let addresses: [String]
    private let token: String?
    private static var shared: HTTPClient?

    /// Finds the processes of a service that run: any of them answers for all.
    package init(_ service: String, _ state: SuiteState) throws {
        try self.init(service, state.living(of: service), state)
    }

    /// Finds one process of a service.
    package init(_ member: Member, _ state: SuiteState) throws { try self.init(member.name, [member], state) }

    private init(_ name: String, _ members: [Member], _ state: SuiteState) throws {
        let known = members.compactMap { state.programs[$0.name] }
        guard !known.isEmpty else { throw SuiteError("\(name) was not started; run rapport up") }
        self.name = name
        addresses = known.map { "http://127.0.0.1:\($0.port)" }
        // What it was started with counts, where this command was not given it. A process shows that to the superuser alone; the suite's
        // folder keeps it, too.
        let started = known.first?.mark?.environment ?? [:]
        token =
            ProcessInfo.processInfo.environment["API_TOKEN"] ?? started["API_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
            ?? started["API_KEYS"].flatMap { SuiteFolder.suiteToken(beside: $0) }
            ?? state.folder.flatMap { SuiteFolder.token(in: $0) }
    }

    /// Asks for a path; throws `SuiteError` for any answer but 200.
    package func get(_ path: String, within limit: Duration = .seconds(10), maximumBytes: Int = 8 << 20) async throws
        -> [UInt8]
    {
        let answer = try await ask(path, within: limit, maximumBytes: maximumBytes)
        guard answer.status == .ok else {
            let text = String(decoding: answer.body.prefix(300), as: UTF8.self)
            throw SuiteError("\(name) answered \(answer.status.rawValue) to \(path): \(text)")
        }
        return answer.body
    }

    /// Sends JSON, or a body of another type; throws `SuiteError` for any answer but the one that is expected.
    package func post(
        _ path: String, _ body: [UInt8], within limit: Duration, expecting status: Status = .ok,
        type: String = "application/json"
    ) async throws -> [UInt8] {
        let answer = try await ask(path, within: limit, maximumBytes: 8 << 20, posting: body, type: type)
        guard answer.status == status else {
            let text = String(decoding: answer.body.prefix(300), as: UTF8.self)
            throw SuiteError("\(name) answered \(answer.status.rawValue) to \(path): \(text)")
        }
        return answer.body
    }

    /// Where its first process answers.
    package var address: String { addresses[0] }

    /// Sends a request of a person; throws `SuiteError` for any answer outside 200 to 299.
    package func send(
        _ method: HTTP.Method, _ path: String, _ json: String, _ more: Headers
    ) async throws -> ClientResponse {
        let client = try Self.shared ?? HTTPClient(connectionsPerHost: 4)
        Self.shared = client
        var headers = more
        if let token { headers.add("authorization", "Bearer \(token)") }
        if !json.isEmpty { headers.add("content-type", "application/json") }
        let answer = try await client.send(
            ClientRequest(method, address + path, headers: headers, body: Array(json.utf8)))
        guard (200..<300).contains(answer.status.rawValue) else {
            let text = String(decoding: answer.body.prefix(300), as: UTF8.self)
            throw SuiteError("\(name) answered \(answer.status.rawValue) to \(method.rawValue) \(path): \(text)")
        }
        return answer
    }

    private func ask(
        _ path: String, within limit: Duration, maximumBytes: Int, posting body: [UInt8]? = nil,
        type: String = "application/json"
    ) async throws -> ClientResponse {
        let client = try Self.shared ?? HTTPClient(connectionsPerHost: 4)
        Self.shared = client
        var headers: Headers = [:]
        if let token { headers.add("authorization", "Bearer \(token)") }
        if body != nil { headers.add("content-type", type) }
        for (index, address) in addresses.enumerated() {
            var request = ClientRequest(
                body == nil ? .get : .post, address + path, headers: headers, timeout: limit,
                maximumBytes: maximumBytes)
            request.body = body ?? []
            do {
                return try await client.send(request)
            } catch let error as HTTPClientError {
                // The next one is asked where this one has done nothing, or nothing that counts.
                let isUntouched = error.kind == .connect || body == nil && error.kind != .tooLarge
                guard isUntouched, index + 1 < addresses.count else { throw error }
            }
        }
        throw SuiteError("\(name) has no address")
    }

    /// What it says is missing for its work; nil when it is ready.
    package func missing() async -> String? {
        do {
            let answer = try await ask("/health/ready", within: .seconds(3), maximumBytes: 1 << 16)
            if answer.status == .ok { return nil }
            let text = String(decoding: answer.body, as: UTF8.self)
            return text.split(separator: "\n").joined(separator: ", ")
        } catch {
            return "\(error)"
        }
    }

    /// Its figures by name, those with labels added up; empty when it does not answer.
    package func figures() async -> [String: Double] {
        await series().reduce(into: [:]) { $0[String($1.name.prefix { $0 != "{" }), default: 0] += $1.value }
    }

    /// The values of a figure by one of its labels, which is its only one.
    func labelled(_ figure: String, by label: String) async -> [String: Double] {
        let start = "\(figure){\(label)=\""
        return await series().filter { $0.name.hasPrefix(start) && $0.name.hasSuffix("\"}") }.reduce(into: [:]) {
            // What others have sent is shown to a person: nothing of it may steer his terminal.
            let text = $1.name.dropFirst(start.count).dropLast(2).unicodeScalars.filter {
                $0.value >= 32 && $0.value != 127
            }
            $0[String(String.UnicodeScalarView(text))] = $1.value
        }
    }

    private func series() async -> [(name: String, value: Double)] {
        guard let bytes = try? await get("/metrics", within: .seconds(3)) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
            guard !line.hasPrefix("#"), let space = line.lastIndex(of: " ") else { return nil }
            return Double(line[line.index(after: space)...]).map { (String(line[..<space]), $0) }
        }
    }

    /// Number and sum of the documents that it holds, by kind and currency.
    package func totals() async throws -> [LedgerTotal] {
        try JSONDecoder().decode(
            [LedgerTotal].self, from: Data(try await get("/v1/ledger/totals", within: .seconds(60))))
    }
}

/// Number and sum of one kind of document in one currency; the sum in ten-thousandths.
package struct LedgerTotal: Codable, Equatable {
    /// `order`.
    package let kind: String
    /// ISO 4217.
    package let currency: String
    /// How many.
    package var count: Int
    /// Their sum.
    package var units: Int
}
