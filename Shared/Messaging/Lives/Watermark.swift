import EventLoop

/// The newest event of a key that was applied: of which life, under which number, and which one it was.
struct Watermark: Equatable {
    private(set) var epoch = 0
    private(set) var sequence = 0
    /// By what the event is known again; nil where it was applied before that was kept.
    private(set) var mark: Int?

    /// Nothing of the key was applied.
    static let none = Watermark()

    init(epoch: Int = 0, sequence: Int = 0, mark: Int? = nil) {
        self.epoch = epoch
        self.sequence = sequence
        self.mark = mark
    }

    /// An event's own.
    init(_ event: Event, _ sequence: Int) {
        self.init(epoch: event.epoch, sequence: sequence, mark: Self.mark(of: event.id, sequence))
    }

    /// Whether an event comes behind it: later lives are newer whatever they count.
    @Loop
    func isBelow(_ other: Watermark) -> Bool {
        if PlantedBug.epochUnordered.isPlanted, epoch != other.epoch { return true }
        if PlantedBug.sequenceOnly.isPlanted { return sequence < other.sequence }
        return (epoch, sequence) < (other.epoch, other.sequence)
    }

    /// Whether an event of a later life is the one that was applied last: it waited in the outbox of a schema that went back, and was told by
    /// both lives.
    func isSame(as other: Watermark) -> Bool {
        epoch != other.epoch && sequence == other.sequence && mark != nil && mark == other.mark
    }

    /// Whether numbers are missing between the two; each life begins where it will.
    func leavesGap(to other: Watermark) -> Bool {
        sequence > 0 && epoch == other.epoch && other.sequence > sequence + 1
    }

    /// Whether two tell under one number of one life, which is so where a schema runs twice.
    func isFork(of other: Watermark) -> Bool {
        guard epoch == other.epoch, sequence == other.sequence, let mark, let others = other.mark, mark != others else {
            return false
        }
        // A program from before this was kept raises the number alone, and the mark stays.
        return mark & 0xffff == sequence & 0xffff
    }

    /// 48 bits of a hash (FNV-1a) of the id, and 16 of the number.
    private static func mark(of id: String, _ sequence: Int) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Int(bitPattern: UInt(hash & ~0xffff)) | sequence & 0xffff
    }
}
