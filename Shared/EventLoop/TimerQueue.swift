/// Names a timer that was added, to cancel it.
public struct TimerID: Hashable, Sendable, Comparable {
    let deadline: Duration
    let number: UInt64
    /// Earlier deadline first, then order of adding.
    public static func < (a: TimerID, b: TimerID) -> Bool { (a.deadline, a.number) < (b.deadline, b.number) }
}

/// The pending timers of one loop: a binary heap, with cancelled entries dropped when they surface.
public struct TimerQueue {
    private var heap: [TimerID] = []
    /// By the timers' numbers.
    private var actions: [UInt64: @Loop () -> Void] = [:]
    private var added: UInt64 = 0

    /// An empty queue.
    public init() {}

    /// Adds a timer.
    public mutating func add(at deadline: Duration, _ action: @escaping @Loop () -> Void) -> TimerID {
        added += 1
        let id = TimerID(deadline: deadline, number: added)
        actions[added] = action
        heap.append(id)
        siftUp(heap.count - 1)
        return id
    }

    /// Forgets a timer.
    public mutating func cancel(_ id: TimerID) {
        actions[id.number] = nil
        // Cancelled entries stay in the heap until they surface; rebuild when they are most of it.
        if heap.count > 64, actions.count < heap.count / 4 {
            heap = heap.filter { actions[$0.number] != nil }.sorted()
        }
    }

    /// When the next timer is due.
    public mutating func nextDeadline() -> Duration? {
        while let first = heap.first {
            if actions[first.number] != nil { return first.deadline }
            removeFirst()
        }
        return nil
    }

    /// Takes the next timer that is due at `now`.
    public mutating func takeDue(at now: Duration) -> (@Loop () -> Void)? {
        guard let deadline = nextDeadline(), deadline <= now, let first = heap.first else { return nil }
        removeFirst()
        return actions.removeValue(forKey: first.number)
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child] < heap[least] {
                least = child
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    private mutating func siftUp(_ index: Int) {
        var child = index
        while child > 0, heap[child] < heap[(child - 1) / 2] {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }
}
