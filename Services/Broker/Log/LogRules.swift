/// What a topic's settings ask of its partitions' logs.
struct LogRules: Sendable, Equatable {
    /// The size at which a new file is begun, and the age; in bytes and milliseconds, as all that follow.
    var segmentBytes = 64 << 20
    var segmentAge = Int.max
    /// Whether old records go, and which; nil for no bound.
    var deletes = true
    var retentionAge: Int?
    var retentionBytes: Int?
    /// Whether of each key only the newest record stays.
    var compacts = false
    /// The share of not yet compacted bytes from which on compaction is worth its work.
    var dirtyRatio = 0.5
    /// How long a tombstone stays for slow readers, once what it removes is gone.
    var tombstoneAge = 86_400_000
    /// Records younger than the first are not compacted yet; those older than the second, whatever the share.
    var minLag = 0
    var maxLag = Int.max

    /// The rules by a topic's own settings; `segmentBytes` is the broker's.
    init(_ configs: [String: String] = [:], segmentBytes: Int = 64 << 20) {
        func number(_ name: String) -> Int {
            Int(configs[name] ?? TopicSettings.known[name]?.standard ?? "") ?? -1
        }
        func bound(_ name: String) -> Int? { number(name) < 0 ? nil : number(name) }
        self.segmentBytes = configs["segment.bytes"] == nil ? segmentBytes : max(number("segment.bytes"), 1 << 14)
        let policy = configs["cleanup.policy"] ?? "delete"
        deletes = policy.contains("delete")
        compacts = policy.contains("compact")
        retentionAge = bound("retention.ms")
        retentionBytes = bound("retention.bytes")
        dirtyRatio = Double(configs["min.cleanable.dirty.ratio"] ?? "") ?? dirtyRatio
        // Far below the greatest number, so that no time that it is added to overflows.
        tombstoneAge = min(max(0, number("delete.retention.ms")), 1 << 60)
        minLag = max(0, number("min.compaction.lag.ms"))
        maxLag = number("max.compaction.lag.ms")
        segmentAge = min(number("segment.ms"), compacts ? maxLag : .max)
    }
}
