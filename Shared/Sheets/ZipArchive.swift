import CSheets

/// A ZIP archive of files, read one after the other in pieces.
public final class ZipArchive {
    /// A file within.
    public struct Entry: Sendable {
        /// Its path in the archive.
        public let name: String
        /// Its bytes when unpacked, as the archive says.
        public let size: Int
    }

    /// Its files, without folders and what some desktops put beside each file.
    public let entries: [Entry]
    private let archive: OpaquePointer

    /// Opens an archive.
    public init(path: String) throws {
        var code: Int32 = 0
        guard let archive = zip_open(path, ZIP_RDONLY, &code) else {
            throw SheetError(description: "The file is no archive (ZIP).")
        }
        self.archive = archive
        var entries: [Entry] = []
        for index in 0..<max(0, zip_get_num_entries(archive, 0)) {
            var status = zip_stat_t()
            guard zip_stat_index(archive, UInt64(index), 0, &status) == 0, let name = status.name else { continue }
            let text = String(cString: name)
            let last = text.split(separator: "/").last.map(String.init) ?? ""
            guard !text.hasSuffix("/"), !text.hasPrefix("__MACOSX/"), !last.isEmpty, !last.hasPrefix(".") else {
                continue
            }
            entries.append(Entry(name: text, size: Int(clamping: status.size)))
        }
        self.entries = entries
    }

    deinit { zip_discard(archive) }

    /// Whether it is a workbook (XLSX).
    public var isWorkbook: Bool { entries.contains { $0.name.lowercased() == "xl/workbook.xml" } }

    /// Gives the bytes of a file in pieces. What it says of its size is not believed: more than `most` bytes are refused.
    public func read(_ entry: Entry, most: Int, _ body: ([UInt8]) throws -> Void) throws {
        guard let file = zip_fopen(archive, entry.name, 0) else {
            throw SheetError(description: "\(entry.name) in the archive cannot be read.")
        }
        defer { zip_fclose(file) }
        var total = 0
        while true {
            var length: Int64 = 0
            let piece = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                length = zip_fread(file, buffer.baseAddress, 1 << 16)
                count = max(0, Int(length))
            }
            guard length >= 0 else { throw SheetError(description: "\(entry.name) in the archive is damaged.") }
            guard length > 0 else { return }
            total += piece.count
            guard total <= most else {
                throw SheetError(description: "\(entry.name) is larger than \(most >> 20) MiB when unpacked.")
            }
            try body(piece)
        }
    }
}
