import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import Sheets
import Text

/// Receives a file piece by piece: what waits in memory is one piece, however long the file.
@Loop
struct ImportUpload {
    /// Bytes of a piece, which is also one step of the work.
    nonisolated static let pieceSize = 1 << 19
    /// Line ends of a step: short lines make more work of fewer bytes, and a step's work holds the loop here and there.
    nonisolated static let stepLines = 2_000

    private let context: ServiceContext
    private let options: ImportOptions
    private let quota: ImportQuota

    init(_ context: ServiceContext, _ options: ImportOptions, _ quota: ImportQuota) {
        self.context = context
        self.options = options
        self.quota = quota
    }

    /// Stores the body and queues it. With `Idempotency-Key` the same upload again is the first one again; another one is a 422, and while the
    /// first is under way, which may still break off, it is a 409. An upload that breaks off is forgotten; one whose process died is taken
    /// over a quarter of an hour later, and swept away after a day.
    func receive(_ request: Request, encoding: String?) async throws -> UUID {
        let key = request.headers["idempotency-key"].map {
            ($0, request.principal.keepsOwnKeys ? request.principal.id : "")
        }
        let id = key.map { ExternalID.make("import", $1.isEmpty ? $0 : "\($1) \($0)") } ?? UUID.v7()
        guard try await isNew(id, request.principal) else {
            guard let (state, digest) = try await context.rows(ImportStore.repeated, id).first, state != "receiving"
            else {
                throw Problem(
                    status: .conflict, detail: "An upload with this Idempotency-Key is under way.",
                    headers: ["retry-after": "5"])
            }
            // Of before digests were kept.
            guard let digest else { return id }
            let again = try await pieces(request) { _ in }.digest
            guard again == digest.bytes else {
                throw Problem(status: 422, detail: "This Idempotency-Key was used with another upload.")
            }
            return id
        }
        do {
            let stored = try await store(request, id)
            if stored.guess.isArchive {
                try await unpack(id, stored.pieces, request.principal)
                return id
            }
            guard let found = FileEncoding.of(stored.guess, said: encoding, isCards: options.format == "vcard") else {
                let reason =
                    "The file is in no encoding that is known: \(EncodingGuess.tried) were tried. Say encoding=, or save it as UTF-8."
                _ = try await context.query(ImportStore.fail, id, reason)
                return id
            }
            var queued = options
            queued.encoding = found.kept.rawValue
            queued.writtenIn = found.written == found.kept ? nil : found.written.rawValue
            if found.written != found.kept, try await !transcode(id, stored.pieces, found.written) {
                _ = try await context.query(ImportStore.fail, id, "Not all of the file is \(found.written.rawValue).")
                return id
            }
            _ = try await context.query(ImportStore.queue, id, try ModelJSON.text(queued))
            return id
        } catch {
            _ = try? await context.query(ImportStore.drop, id)
            throw error
        }
    }

    /// Begins the import where there is none of that id yet.
    private func isNew(_ id: UUID, _ caller: Principal) async throws -> Bool {
        if try await begins(id, caller) { return true }
        _ = try await context.query(ImportStore.dropStale.statement, id)
        return try await begins(id, caller)
    }

    private func begins(_ id: UUID, _ caller: Principal) async throws -> Bool {
        let options = try ModelJSON.text(options)
        guard try await !context.query(ImportStore.begin, id, self.options.format, options, caller.id).isEmpty else {
            return false
        }
        do {
            try await quota.check(caller, context)
        } catch {
            _ = try await context.query(ImportStore.drop, id)
            throw error
        }
        return true
    }

    /// Stores the body piece by piece, and tells how many there are and what its bytes look like.
    private func store(_ request: Request, _ id: UUID) async throws -> (pieces: Int, guess: EncodingGuess) {
        var count = 0
        let all = try await pieces(request) { piece in try await store(piece, id, &count, request.principal) }
        guard count > 0 else { throw Problem.field("body", "must not be empty") }
        _ = try await context.query(ImportStore.sign.statement, id, SQLBytes(all.digest))
        return (count, all.guess)
    }

    /// Reads the body in pieces of one size, the last may be shorter, and tells a digest of all and of what was asked besides.
    private func pieces(
        _ request: Request, _ take: ([UInt8]) async throws -> Void
    ) async throws -> (guess: EncodingGuess, digest: [UInt8]) {
        var (piece, guess) = ([UInt8](), EncodingGuess())
        var digest = SHA256.digest(Array(request.rawQuery.utf8))
        while let part = try await request.nextPart() {
            guess.feed(part)
            piece.append(contentsOf: part)
            while piece.count >= Self.pieceSize {
                let whole = Array(piece[..<Self.pieceSize])
                digest = SHA256.digest(digest + SHA256.digest(whole))
                try await take(whole)
                piece.removeFirst(Self.pieceSize)
            }
        }
        if !piece.isEmpty {
            digest = SHA256.digest(digest + SHA256.digest(piece))
            try await take(piece)
        }
        return (guess, digest)
    }

    /// Stores a piece as the steps behind those that are there.
    private func store(_ piece: [UInt8], _ id: UUID, _ count: inout Int, _ caller: Principal) async throws {
        for step in Self.steps(of: piece) {
            let number = count
            try await context.transaction { transaction in
                transaction.enqueue(ImportStore.addChunk, id, number, SQLBytes(Array(step)))
                transaction.enqueue(ImportStore.addBytes, id, step.count)
            }
            count += 1
            // Small files end within their share, whoever comes beside them.
            if number > 0 { try await quota.check(caller, context) }
        }
    }

    /// Cuts a piece behind as many lines as one step takes.
    nonisolated static func steps(of piece: [UInt8]) -> [ArraySlice<UInt8>] {
        var (steps, start, lines) = ([ArraySlice<UInt8>](), 0, 0)
        for place in piece.indices {
            let byte = piece[place]
            // A CR alone ends lines in some files.
            guard byte == 0x0A || byte == 0x0D && place + 1 < piece.count && piece[place + 1] != 0x0A else { continue }
            lines += 1
            guard lines == stepLines else { continue }
            steps.append(piece[start...place])
            (start, lines) = (place + 1, 0)
        }
        return start < piece.count ? steps + [piece[start...]] : steps
    }

    /// Puts the rows of a workbook, or of the exports of another system, as CSV in the place of its bytes, and queues it.
    private func unpack(_ id: UUID, _ pieces: Int, _ caller: Principal) async throws {
        let book = try ScratchFile()
        for number in 0..<pieces {
            guard let bytes: SQLBytes = try await context.query(ImportStore.chunk, id, number).first?.value(0) else {
                return
            }
            try await Loop.offload { try book.append(bytes.bytes) }
        }
        let keys = ImportColumn.keys(
            try await context.query(FieldStore.labels).map { (try $0.value(0) as String, try $0.value(1) as String) })
        let table: ScratchFile
        let set: MovingSet?
        do {
            (table, set) = try await Loop.offload {
                let archive = try ZipArchive(path: book.path)
                return archive.isWorkbook ? (try Self.table(of: book), nil) : try Self.table(of: archive, keys)
            }
        } catch let error where error is SheetError || error is ImportFailure {
            _ = try await context.query(ImportStore.fail, id, "\(error)")
            return
        }
        _ = try await context.query(ImportStore.clearChunks, id)
        var (place, number) = (0, 0)
        while true {
            let from = place
            let piece = try await Loop.offload { try table.read(from: from, most: Self.pieceSize) }
            guard !piece.isEmpty else { break }
            try await store(piece, id, &number, caller)
            place += piece.count
        }
        var queued = options
        queued.format = "csv"
        queued.writtenIn = set == nil ? "xlsx" : "zip"
        queued.system = set?.system
        queued.files = set?.told
        _ = try await context.query(ImportStore.queue, id, try ModelJSON.text(queued))
    }

    /// The exports of another system as one table.
    nonisolated private static func table(
        of archive: ZipArchive, _ customKeys: [String: String]
    ) throws -> (ScratchFile, MovingSet?) {
        let table = try ScratchFile()
        var set = try MovingSet(archive, customKeys: customKeys)
        try set.write { try table.append($0) }
        return (table, set)
    }

    /// A workbook's rows as CSV; those that are empty stay lines, so that lines are rows of the sheet.
    nonisolated private static func table(of book: ScratchFile) throws -> ScratchFile {
        let table = try ScratchFile()
        var text: [UInt8] = []
        var line = 1
        try XLSXReader.rows(path: book.path) { row, cells in
            while line < row, row - line < 1000 {
                text += [0x0D, 0x0A]
                line += 1
            }
            text += Array(CSVWriter.line(cells.map { $0 }).utf8)
            line = row + 1
            if text.count >= 1 << 20 {
                try table.append(text)
                text = []
            }
        }
        try table.append(text)
        return table
    }

    /// Puts UTF-8 in the place of each piece; false where some of it is not of the encoding. Nobody works on the import before it is queued.
    private func transcode(_ id: UUID, _ pieces: Int, _ encoding: TextEncoding) async throws -> Bool {
        guard let decoder = TextDecoder(encoding) else { return false }
        for number in 0..<pieces {
            guard let bytes: SQLBytes = try await context.query(ImportStore.chunk, id, number).first?.value(0) else {
                return false
            }
            guard let text = decoder.feed(bytes.bytes) else { return false }
            try await context.transaction { transaction in
                _ = transaction.enqueue(ImportStore.setChunk.statement, id, number, SQLBytes(text))
            }
        }
        return decoder.isComplete
    }
}

/// What a file is written in, and what it is kept in until it is worked off.
struct FileEncoding {
    let written: TextEncoding
    let kept: TextEncoding

    /// By what the caller says or what the bytes look like; nil where neither tells.
    static func of(_ guess: EncodingGuess, said: String?, isCards: Bool) -> FileEncoding? {
        if let said, let encoding = TextEncoding(rawValue: said) {
            return FileEncoding(written: encoding, kept: kept(encoding, isCards))
        }
        if let wide = guess.wide { return FileEncoding(written: wide, kept: .utf8) }
        // Each card says its own encoding, or is damaged where others are not.
        if guess.isUTF8 || isCards && guess.isPartlyUTF8 { return FileEncoding(written: .utf8, kept: .utf8) }
        guard let found = guess.candidates.first else {
            return isCards ? FileEncoding(written: .utf8, kept: .utf8) : nil
        }
        return FileEncoding(written: found, kept: kept(found, isCards))
    }

    /// Files are worked off as UTF-8; GB18030 is read as it stands, and so are cards, whose properties may be in several encodings.
    private static func kept(_ encoding: TextEncoding, _ isCards: Bool) -> TextEncoding {
        if encoding == .utf16LE || encoding == .utf16BE { return .utf8 }
        return isCards || encoding == .gb18030 ? encoding : .utf8
    }
}
