/// What became of a batch's messages, for the metrics.
struct BatchCounts {
    var applied = 0
    var duplicates = 0
    var skipped = 0
    var dead = 0
    var gaps = 0
    var parked = 0
    /// Written by lives that had ended.
    var void = 0
    /// Told under a number that another event of the same life had.
    var forks = 0
    /// Dead letters by error class.
    var deadByClass: [String: Int] = [:]
    /// Events of unknown types, by type.
    var unknown: [String: Int] = [:]
}

extension BatchCounts {
    /// Counts what is not applied.
    mutating func note(_ content: BatchItem.Content) {
        switch content {
        case .event: break
        case .skipped: skipped += 1
        case .void: void += 1
        case .unknown(let type):
            unknown[type, default: 0] += 1
            dead += 1
            deadByClass[BatchItem.unknownType, default: 0] += 1
        case .dead(let name, _):
            dead += 1
            deadByClass[name, default: 0] += 1
        }
    }
}
