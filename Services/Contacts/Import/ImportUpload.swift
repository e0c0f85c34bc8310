import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

/// Receives a file piece by piece: what waits in memory is one piece, however long the file.
@Loop
struct ImportUpload {
    /// Bytes of a piece, which is also one step of the work.
    nonisolated static let pieceSize = 1 << 20

    private let context: ServiceContext
    private let options: ImportOptions

    init(_ context: ServiceContext, _ options: ImportOptions) {
        self.context = context
        self.options = options
    }

    /// Stores the body and queues it; an upload that breaks off is swept away a day later.
    func receive(_ request: Request, encoding: String?) async throws -> UUID {
        let id = UUID.v7()
        _ = try await context.query(ImportStore.begin, id, options.format, try ModelJSON.text(options))
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
        var queued = options
        let isUTF8 = check.isValid && check.isComplete
        queued.encoding = encoding.flatMap(TextEncoding.init)?.rawValue ?? (isUTF8 ? "utf-8" : "gb18030")
        _ = try await context.query(ImportStore.queue, id, try ModelJSON.text(queued))
        return id
    }

    private func store(_ piece: [UInt8], _ id: UUID, _ number: Int) async throws {
        try await context.transaction { transaction in
            transaction.enqueue(ImportStore.addChunk, id, number, SQLBytes(piece))
            transaction.enqueue(ImportStore.addBytes, id, piece.count)
        }
    }
}
