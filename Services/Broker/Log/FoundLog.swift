import EventLoop

/// What a partition's folder was found to hold when the broker started.
struct FoundLog: Sendable {
    struct File: Sendable {
        let baseOffset: Int
        let index: SegmentIndex
    }

    var segments: [File] = []
    var producers = ProducerStates()
    /// Damage that is not a torn tail, which takes the partition out of use.
    var damage: String?
    /// Bytes that were cut behind the last whole batch.
    var cutBytes = 0

    /// Reads a folder, off the loop: checks what the checkpoints do not vouch for and cuts a torn tail.
    static func recover(_ folder: String) throws -> FoundLog {
        var found = FoundLog()
        let names = try Disk.names(in: folder).filter { $0.hasSuffix(".log") && $0.count == 24 }
        for (number, name) in names.enumerated() {
            guard let baseOffset = Int(name.dropLast(4)) else { continue }
            let path = "\(folder)/\(name)"
            let size = try OpenFile(path, O_RDONLY).size
            var start = SegmentIndex(baseOffset: baseOffset)
            if let checkpoint = Checkpoint.read(path, fileSize: size) {
                start = checkpoint.index
                found.producers = checkpoint.producers
            }
            if let previous = found.segments.last, previous.index.endOffset != baseOffset {
                found.damage = "records are missing before \(path)"
                return found
            }
            let outcome = try SegmentScan.recover(path, from: start, producers: found.producers)
            found.segments.append(File(baseOffset: baseOffset, index: outcome.index))
            found.producers = outcome.producers
            guard outcome.hasTornTail else { continue }
            guard number == names.count - 1 else {
                found.damage = "\(path) is damaged at byte \(outcome.index.size)"
                return found
            }
            found.cutBytes = size - outcome.index.size
            let file = try OpenFile(path)
            try file.truncate(to: outcome.index.size)
            try file.synchronise()
        }
        return found
    }
}
