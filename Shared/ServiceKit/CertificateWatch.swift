import EventLoop
import Telemetry

/// Reads a server's certificate and key again when their files have changed, so that a renewed one is served without a restart.
@Loop
final class CertificateWatch {
    private let context: TLSContext
    private let files: [String]
    private let log: Log
    private var seen: [Int64]

    init(_ context: TLSContext, _ files: [String], _ log: Log) {
        self.context = context
        self.files = files
        self.log = log
        seen = Self.marks(of: files)
    }

    /// Looks every half minute until the task is cancelled.
    func run() async {
        while (try? await Loop.sleep(for: .seconds(30))) != nil { look() }
    }

    /// Reads the files where they are others than before. A pair that does not fit, as while it is being replaced, changes nothing and is
    /// looked at again.
    func look() {
        let now = Self.marks(of: files)
        guard now != seen else { return }
        do {
            try context.reload()
            seen = now
            log.info("the certificate was read again", ["file": files.first ?? ""])
        } catch {
            log.error("the certificate cannot be read again; the one before is served", ["error": "\(error)"])
        }
    }

    private static func marks(of files: [String]) -> [Int64] {
        files.flatMap { file -> [Int64] in
            var status = stat()
            guard stat(file, &status) == 0 else { return [0] }
            return [
                Int64(status.st_ino), Int64(status.st_mtim.tv_sec), Int64(status.st_mtim.tv_nsec),
                Int64(status.st_size),
            ]
        }
    }
}
