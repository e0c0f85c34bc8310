import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres

extension ServiceContext {
    /// Answers a POST that creates, as one transaction.
    ///
    /// With the header `Idempotency-Key` the answer is kept in the same transaction, and the same request again gets the same answer
    /// instead of a second effect; the same key with another request is a 422. (draft-ietf-httpapi-idempotency-key-header)
    public func create(
        _ request: Request, _ body: (Transaction) async throws -> Response
    ) async throws -> Response {
        guard let header = request.headers["idempotency-key"] else {
            return try await transaction { try await made(body, $0) }
        }
        let key = try IdempotencyKey(header, request, await request.wholeBody())
        do {
            return try await transaction { transaction in
                let response = try await made(body, transaction)
                try key.keep(response, in: transaction)
                return response
            }
        } catch let error where error is Problem || (error as? PostgresError)?.constraint != nil {
            // What the first request did may be why the second is refused: it is told what the first was told.
            if let answer = try await key.replay(from: pool) { return answer }
            guard (error as? PostgresError)?.constraint == "idempotency_key_pkey" else { throw error }
            throw Problem(status: .conflict, detail: "A request with this Idempotency-Key is under way.")
        }
    }

    /// Does it, and tells the audit which one was made.
    private func made(
        _ body: (Transaction) async throws -> Response, _ transaction: Transaction
    ) async throws -> Response {
        let response = try await body(transaction)
        let location = response.headers["location"]?.utf8.split(separator: UInt8(ascii: "/"))
        AuditScope.current?.made = location?.last.map { String(decoding: $0, as: UTF8.self) }
        return response
    }
}

/// A key with the fingerprint of the request it came with.
private struct IdempotencyKey {
    let key: String
    let fingerprint: String

    @Loop
    init(_ header: String, _ request: Request, _ body: [UInt8]) throws {
        let text = header.hasPrefix("\"") && header.hasSuffix("\"") ? String(header.dropFirst().dropLast()) : header
        guard !text.isEmpty, text.utf8.count <= 200 else {
            throw Problem.field("Idempotency-Key", "must have 1 to 200 characters")
        }
        // Scoped by what it is used for, and by who asks: nobody is told what another was told.
        let scope = request.principal.keepsOwnKeys ? "\(request.principal.id) " : ""
        key = "\(scope)\(request.method.rawValue) \(request.path) \(text)"
        fingerprint = Hex.encode(SHA256.digest(body))
    }

    @Loop
    func keep(_ response: Response, in transaction: Transaction) throws {
        let headers = Dictionary(
            response.headers.fields.filter { $0.name != "content-type" }.map { ($0.name, $0.value) },
            uniquingKeysWith: { first, _ in first })
        transaction.enqueue(
            ServiceStore.keepAnswer, key, fingerprint, response.status.rawValue,
            response.headers["content-type"] ?? "", SQLBytes(response.bytes ?? []),
            SQLJSON(Array(try JSONEncoder().encode(headers))))
    }

    /// The answer kept under the key; nil where there is none.
    @Loop
    func replay(from pool: PostgresPool) async throws -> Response? {
        guard let row = try await pool.query(ServiceStore.findAnswer, key).first else { return nil }
        guard try row.value(0) == fingerprint else {
            throw Problem(status: 422, detail: "This Idempotency-Key was used with another body.")
        }
        let body: SQLBytes = try row.value(3)
        var response = Response(
            Status(rawValue: try row.value(1)), bytes: body.bytes, contentType: try row.value(2))
        let headers = try JSONDecoder().decode([String: String].self, from: Data((try row.value(4) as String).utf8))
        for (name, value) in headers { response.headers.add(name, value) }
        response.headers.add("idempotency-replayed", "true")
        return response
    }
}
