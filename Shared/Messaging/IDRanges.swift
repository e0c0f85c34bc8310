/// Ids of rows, kept as ranges: those of an outbox have few holes.
struct IDRanges {
    /// In order, with a hole between any two.
    private(set) var ranges: [ClosedRange<Int>] = []

    init() {}

    init(_ ids: some Sequence<Int>) {
        for id in ids.sorted() { insert(id) }
    }

    /// Adds an id; at once where it is the next one or a greater.
    mutating func insert(_ id: Int) {
        guard let last = ranges.last, id <= last.upperBound else { return append(id) }
        // The first range that does not end before the id.
        var (low, high) = (0, ranges.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < id { low = middle + 1 } else { high = middle }
        }
        if ranges[low].contains(id) { return }
        let joinsNext = ranges[low].lowerBound == id + 1
        let joinsPrevious = low > 0 && ranges[low - 1].upperBound == id - 1
        switch (joinsPrevious, joinsNext) {
        case (true, true):
            ranges[low - 1] = ranges[low - 1].lowerBound...ranges[low].upperBound
            ranges.remove(at: low)
        case (true, false): ranges[low - 1] = ranges[low - 1].lowerBound...id
        case (false, true): ranges[low] = id...ranges[low].upperBound
        case (false, false): ranges.insert(id...id, at: low)
        }
    }

    private mutating func append(_ id: Int) {
        if let last = ranges.last, last.upperBound == id - 1 {
            ranges[ranges.count - 1] = last.lowerBound...id
        } else {
            ranges.append(id...id)
        }
    }

    /// Where the other ids are: each gap lies between two ids that do not belong to it.
    var gaps: (after: [Int], before: [Int]) {
        ([Int.min] + ranges.map(\.upperBound), ranges.map(\.lowerBound) + [Int.max])
    }
}
