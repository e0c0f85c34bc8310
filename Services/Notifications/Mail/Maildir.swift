import Crypto
import EventLoop
import FoundationEssentials

/// Mails become files of a local Maildir (`tmp`, `new`, `cur`), under a name that follows from the message: the same mail again
/// replaces its file.
@Loop
final class Maildir: MailTransport {
    private nonisolated let folder: String

    init(_ folder: String) { self.folder = folder }

    func deliver(_ mail: Mail) async throws {
        let folder = folder
        try await Loop.offload { try Maildir.write(mail, folder) }
    }

    private nonisolated static func write(_ mail: Mail, _ folder: String) throws {
        for part in ["tmp", "new", "cur"] {
            try FileManager.default.createDirectory(
                atPath: "\(folder)/\(part)", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        let name = "\(Int(mail.createdAt.timeIntervalSince1970)).\(mail.id.text).rapport"
        // Whoever has read it moved it to cur, with flags after its name.
        if mail.isRepeated {
            let read = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/cur")
            if read.contains(where: { $0.hasPrefix(name) }) { return }
        }
        let temporary = "\(folder)/tmp/\(name).\(getpid())"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("open") }
        do {
            defer { close(file) }
            try writeAll(mail.bytes, file)
            guard fsync(file) == 0 else { throw failure("fsync") }
        }
        guard rename(temporary, "\(folder)/new/\(name)") == 0 else { throw failure("rename") }
        try syncFolder("\(folder)/new")
    }

    private nonisolated static func writeAll(_ bytes: [UInt8], _ file: Int32) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("write") }
            rest = rest.dropFirst(count)
        }
    }

    /// A file's new name is safe once its folder is.
    private nonisolated static func syncFolder(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("fsync") }
    }

    private nonisolated static func failure(_ what: String) -> DeliveryFailure {
        DeliveryFailure(isPermanent: false, description: "Maildir: \(what): \(String(cString: strerror(errno)))")
    }
}
