import EventLoop
import FoundationEssentials
import Rapport
import Text

/// A file of real orders, `.csv` or `.csv.gz`, read as a stream.
@Loop
struct RetailFile {
    let path: String

    /// The file that comes with the optional data folder beside the package; nil when it is not there.
    static var found: String? {
        let path = SuiteFolder.packageRoot + "/../shared/data/online-retail.csv.gz"
        return access(path, R_OK) == 0 ? path : nil
    }

    /// Gives each document in the file's order.
    func documents(_ body: (ShopDocument) async throws -> Void) async throws {
        let input = try ByteInput(path)
        var csv = CSVStream()
        var mapping = RetailMapping()
        while true {
            let bytes = try await Loop.offload { try input.read() }
            var complete: [ShopDocument] = []
            if bytes.isEmpty {
                try csv.finish { if let document = try mapping.take($0) { complete.append(document) } }
                complete += mapping.finish()
            } else {
                try csv.read(bytes) { if let document = try mapping.take($0) { complete.append(document) } }
            }
            for document in complete { try await body(document) }
            if bytes.isEmpty { return }
        }
    }
}

/// The bytes of a file, unpacked by gzip when its name ends with `.gz`.
///
/// `@unchecked Sendable`: it is read by one task at a time, which waits for each read.
private final class ByteInput: @unchecked Sendable {
    private let path: String
    private let isPacked: Bool
    private var file: UnsafeMutablePointer<FILE>?

    init(_ path: String) throws {
        self.path = path
        isPacked = path.hasSuffix(".gz")
        guard access(path, R_OK) == 0 else {
            throw SuiteError("\(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        let quoted = path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
        file = isPacked ? popen("exec gzip -dc -- '\(quoted)'", "r") : fopen(path, "r")
        if file == nil { throw SuiteError("\(path) cannot be opened: \(String(cString: strerror(errno)))") }
    }

    deinit { _ = close() }

    /// Up to 256 KiB; nothing at the end.
    func read() throws -> [UInt8] {
        guard let file else { return [] }
        let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 18) { buffer, count in
            count = fread(buffer.baseAddress, 1, buffer.count, file)
        }
        if bytes.isEmpty {
            let hasFailed = ferror(file) != 0
            guard close() == 0, !hasFailed else { throw SuiteError("\(path) is damaged or cut short") }
        }
        return bytes
    }

    private func close() -> Int32 {
        guard let file else { return 0 }
        self.file = nil
        return isPacked ? pclose(file) : fclose(file)
    }
}
