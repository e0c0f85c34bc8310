import Glibc

/// A file beside the program for what comes in pieces and is read as a whole; it goes when it is done with.
final class ScratchFile: Sendable {
    /// Where it is.
    let path: String

    init() throws {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(folder)/rapport-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw ScratchError(description: "No file can be made in \(folder).") }
        close(descriptor)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { unlink(path) }

    /// Adds bytes at its end.
    func append(_ bytes: [UInt8]) throws {
        guard let file = fopen(path, "a") else { throw ScratchError(description: "\(path) cannot be written.") }
        let written = fwrite(bytes, 1, bytes.count, file)
        guard fclose(file) == 0, written == bytes.count else {
            throw ScratchError(description: "\(path) cannot be written: is the disk full?")
        }
    }

    /// Its bytes from a place on, so many at most; empty at its end.
    func read(from place: Int, most: Int) throws -> [UInt8] {
        guard let file = fopen(path, "r") else { throw ScratchError(description: "\(path) cannot be read.") }
        defer { fclose(file) }
        fseek(file, place, SEEK_SET)
        return [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
            count = fread(buffer.baseAddress, 1, most, file)
        }
    }
}

/// What goes wrong with a file beside the program.
struct ScratchError: Error, CustomStringConvertible {
    let description: String
}
