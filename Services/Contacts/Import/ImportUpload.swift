import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import Text

/// Receives a file piece by piece: what waits in memory is one piece, however long the file.
@Loop
struct ImportUpload {
    /// Bytes of a piece, which is also one step of the work.
    nonisolated static let pieceSize = 1 << 19

    private let context: ServiceContext
    private let options: ImportOptions

    init(_ context: ServiceContext, _ options: ImportOptions) {
        self.context = context
        self.options = options
    }

    /// Stores the body and queues it. With `Idempotency-Key` a second upload under the key is the first one again, unread. An upload that
    /// breaks off is forgotten; one whose process died is swept away a day later.
    func receive(_ request: Request, encoding: String?) async throws -> UUID {
        let key = request.headers["idempotency-key"]
        let id = key.map { ExternalID.make("import", $0) } ?? UUID.v7()
        let begun = try await context.query(ImportStore.begin, id, options.format, try ModelJSON.text(options))
        guard !begun.isEmpty else { return id }
        do {
            let isUTF8 = try await store(request, id)
            var queued = options
            queued.encoding = encoding.flatMap(TextEncoding.init)?.rawValue ?? (isUTF8 ? "utf-8" : "gb18030")
            _ = try await context.query(ImportStore.queue, id, try ModelJSON.text(queued))
            return id
        } catch {
            _ = try? await context.query(ImportStore.drop, id)
            throw error
        }
    }

    /// Stores the body piece by piece and tells whether it is UTF-8.
    private func store(_ request: Request, _ id: UUID) async throws -> Bool {
        var piece: [UInt8] = []
        var check = UTF8Check()
        var count = 0
        while let part = try await request.nextPart() {
            check.feed(part)
            piece.append(contentsOf: part)
            while piece.count >= Self.pieceSize {
                try await store(Array(piece[..<Self.pieceSize]), id, count)
                piece.removeFirst(Self.pieceSize)
                count += 1
            }
        }
        guard count > 0 || !piece.isEmpty else { throw Problem.field("body", "must not be empty") }
        if !piece.isEmpty { try await store(piece, id, count) }
        return check.isValid && check.isComplete
    }

    private func store(_ piece: [UInt8], _ id: UUID, _ number: Int) async throws {
        try await context.transaction { transaction in
            transaction.enqueue(ImportStore.addChunk, id, number, SQLBytes(piece))
            transaction.enqueue(ImportStore.addBytes, id, piece.count)
        }
    }
}
