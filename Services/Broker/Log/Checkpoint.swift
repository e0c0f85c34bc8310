import EventLoop

/// What is known of a segment's first bytes, kept beside it so that a start need not read them again.
///
/// Written when a segment is closed, while it grows, and when the broker stops in order. What it vouches for is never
/// cut; a missing, old or damaged one costs time.
struct Checkpoint: Sendable, Equatable {
    var index: SegmentIndex
    var producers: ProducerStates
    /// The file that it tells of: compaction puts another in its place, and a copied folder has other files.
    var fileNumber = 0

    static func path(of segmentPath: String) -> String { segmentPath.dropLast(4) + ".index" }

    /// Reads the checkpoint of a segment; nil if it says nothing that can be relied on.
    static func read(_ segmentPath: String, of file: OpenFile) -> Checkpoint? {
        guard let bytes = try? Disk.contents(of: path(of: segmentPath)), let checkpoint = Checkpoint(bytes),
            let (number, size) = try? (file.number, file.size), checkpoint.fileNumber == number,
            checkpoint.index.size <= size
        else { return nil }
        return checkpoint
    }

    /// Keeps it, off the loop.
    func write(of file: OpenFile) throws {
        var checkpoint = self
        checkpoint.fileNumber = try file.number
        // It must not outlive what it vouches for.
        try file.synchronise()
        let encoded = checkpoint.encoded
        try Disk.replace(Self.path(of: file.path), with: encoded, isDurable: false)
    }

    private static let version = 2

    private var encoded: [UInt8] {
        var numbers = [Self.version, fileNumber, index.size, index.endOffset, index.maxTimestamp, index.entries.count]
        for entry in index.entries { numbers += [entry.offset, entry.position, entry.timestampBefore] }
        numbers.append(producers.producers.count)
        for (id, producer) in producers.producers {
            numbers += [id, producer.epoch, producer.lastSeen, producer.recent.count]
            for batch in producer.recent {
                numbers += [
                    batch.firstSequence, batch.lastSequence, batch.baseOffset, batch.lastOffset, batch.timestamp,
                ]
            }
        }
        var writer = WireWriter()
        for number in numbers { writer.integer(number, Int64.self) }
        writer.integer(Int(writer.bytes.withUnsafeBytes { Checksum.crc32c($0) }), UInt32.self)
        return writer.bytes
    }
}

extension Checkpoint {
    fileprivate init?(_ bytes: [UInt8]) {
        guard bytes.count > 4 else { return nil }
        var tail = WireReader(bytes, from: bytes.count - 4)
        let crc = bytes.withUnsafeBytes { Checksum.crc32c(UnsafeRawBufferPointer(rebasing: $0.dropLast(4))) }
        guard (try? tail.integer(UInt32.self)) == Int(crc) else { return nil }
        var reader = WireReader(bytes)
        func next() throws -> Int { try reader.integer(Int64.self) }
        do {
            guard try next() == Self.version else { return nil }
            fileNumber = try next()
            let (size, endOffset, maxTimestamp) = (try next(), try next(), try next())
            let entries = try (0..<max(0, try next())).map { _ in
                SegmentIndex.Entry(offset: try next(), position: try next(), timestampBefore: try next())
            }
            index = SegmentIndex(entries: entries, maxTimestamp: maxTimestamp, size: size, endOffset: endOffset)
            producers = ProducerStates()
            for _ in 0..<max(0, try next()) {
                let id = try next()
                var producer = ProducerStates.Producer(epoch: try next(), lastSeen: try next())
                producer.recent = try (0..<max(0, try next())).map { _ in
                    ProducerStates.Batch(
                        firstSequence: try next(), lastSequence: try next(), baseOffset: try next(),
                        lastOffset: try next(), timestamp: try next())
                }
                producers.restore(id, producer)
            }
        } catch {
            return nil
        }
    }
}
