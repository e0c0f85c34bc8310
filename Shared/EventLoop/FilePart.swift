import CUV

/// A part of an open file that a stream sends without reading it into memory first.
public struct FilePart: Sendable {
    /// What keeps the file open until the part is sent.
    let owner: any AnyObject & Sendable
    let descriptor: Int32
    /// Where the part begins in the file, in bytes.
    public private(set) var position: Int
    /// Bytes of the part.
    public private(set) var count: Int

    /// Names a part of the file of `descriptor`, which is open as long as `owner` lives. The part must not change any
    /// more, and the page cache should hold it: what must come from the disk holds the loop up.
    public init(_ owner: any AnyObject & Sendable, descriptor: Int32, position: Int, count: Int) {
        self.owner = owner
        self.descriptor = descriptor
        self.position = position
        self.count = count
    }

    func dropFirst(_ bytes: Int) -> FilePart {
        var rest = self
        rest.position += bytes
        rest.count -= bytes
        return rest
    }

    /// Sends what a socket takes at once: how much, or the error's negative number, as the library gives it.
    func send(to socket: Int32) -> Int {
        var offset = off_t(position)
        let sent = sendfile(socket, descriptor, &offset, count)
        if sent > 0 { return sent }
        // Nothing is sent of a file that has become shorter.
        return sent == 0 ? Int(UV_EIO.rawValue) : Int(errno == EINTR ? UV_EAGAIN.rawValue : -errno)
    }

    /// The first bytes of the part, up to `limit`; nil where they cannot be read.
    public func read(_ limit: Int) -> [UInt8]? {
        let wanted = min(limit, count)
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
            filled = max(0, pread(descriptor, buffer.baseAddress, wanted, off_t(position)))
        }
        return bytes.count == wanted ? bytes : nil
    }
}

extension FilePart: Hashable {
    /// Whether both are the same part of the same file.
    public static func == (a: FilePart, b: FilePart) -> Bool {
        a.owner === b.owner && a.position == b.position && a.count == b.count
    }

    /// Hashes the place.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ObjectIdentifier(owner))
        hasher.combine(position)
        hasher.combine(count)
    }
}
