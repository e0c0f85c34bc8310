import EventLoop

/// What a partition's folder was found to hold when the broker started.
struct FoundLog: Sendable {
    var segments: [(baseOffset: Int, index: SegmentIndex)] = []
    var producers = ProducerStates()
    /// Damage that is not a torn tail, which takes the partition out of use.
    var damage: String?
    /// Bytes that were cut behind the last whole batch.
    var cutBytes = 0
    /// Whether the system has been down since the files were written.
    private let afterPowerLoss: Bool

    /// Reads a folder, off the loop: checks what the checkpoints do not vouch for and cuts a torn tail.
    ///
    /// `now` is the time at which producers count as seen, in milliseconds since 1970.
    static func recover(_ folder: String, now: Int, afterPowerLoss: Bool) -> FoundLog {
        var found = FoundLog(afterPowerLoss: afterPowerLoss)
        do { try found.read(folder, now) } catch { found.damage = "\(error)" }
        return found
    }

    private init(afterPowerLoss: Bool) { self.afterPowerLoss = afterPowerLoss }

    private mutating func read(_ folder: String, _ now: Int) throws {
        let all = try Disk.names(in: folder)
        // A compaction that was not finished: what it read is still there.
        for name in all where name.hasSuffix(Compaction.draft) { try Disk.remove("\(folder)/\(name)") }
        let names = all.filter { $0.hasSuffix(".log") && $0.count == 24 }
        for name in names {
            guard let baseOffset = Int(name.dropLast(4)) else { continue }
            try read("\(folder)/\(name)", baseOffset, isLast: name == names.last, now)
            if damage != nil { return }
        }
    }

    private mutating func read(_ path: String, _ baseOffset: Int, isLast: Bool, _ now: Int) throws {
        if let end = segments.last?.index.endOffset, end != baseOffset {
            guard baseOffset < end else { return damage = "records are missing before \(path)" }
            // The file before was made of this one, too, and the kill came before this was removed.
            try Disk.remove(path)
            return try Disk.remove(Checkpoint.path(of: path))
        }
        let file = try OpenFile(path)
        let known =
            Checkpoint.read(path, of: file)
            ?? Checkpoint(index: SegmentIndex(endOffset: baseOffset), producers: producers)
        let size = try file.size
        let outcome = try SegmentScan.recover(file, from: known, to: size, now: now)
        // Records that were not acknowledged may be yet, when a producer sends them again: they are kept like others.
        if !afterPowerLoss, outcome.index.size > known.index.size { try file.synchronise() }
        segments.append((baseOffset, outcome.index))
        producers = outcome.producers
        guard size > outcome.index.size else { return }
        // A write that a kill or a loss of power broke off is the last of all and was never acknowledged.
        guard isLast, try SegmentScan.isTorn(file, behind: outcome.index, afterPowerLoss: afterPowerLoss) else {
            return damage = """
                \(path) is damaged at byte \(outcome.index.size), where acknowledged records stood; put back a copy of \
                the file, or give up all from that byte on by cutting it there and removing later files of the folder
                """
        }
        cutBytes = size - outcome.index.size
        try file.truncate(to: outcome.index.size)
        try file.synchronise()
    }
}
