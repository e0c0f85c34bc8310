import EventLoop

/// A table as PostgreSQL shows it at READ COMMITTED: a row written by an unfinished transaction is locked, and others see it as it was
/// before. Iteration is in order of keys, so that no schedule depends on the seed of Swift's hashing.
@Loop
final class SimulatedTable<Key: Hashable & Comparable, Value> {
    private struct Cell {
        var committed: Value?
        var pending: Value?
        var owner = 0
    }

    private var cells: [Key: Cell] = [:]
    private var written: [Int: [Key]] = [:]
    /// Called with a row's old and new value when a transaction commits it.
    var onCommit: (@Loop (Key, Value?, Value?) -> Void)?

    /// The unfinished transaction that has the row; 0 is none.
    func owner(of key: Key) -> Int { cells[key]?.owner ?? 0 }

    /// The row as a transaction sees it; transaction 0 sees what is committed.
    func value(_ key: Key, _ transaction: Int = 0) -> Value? {
        guard let cell = cells[key] else { return nil }
        return cell.owner != 0 && cell.owner == transaction ? cell.pending : cell.committed
    }

    /// Writes a row, or deletes it; the caller has waited for its lock.
    func set(_ key: Key, _ value: Value?, _ transaction: Int) {
        var cell = cells[key] ?? Cell()
        if cell.owner == 0 {
            cell.owner = transaction
            written[transaction, default: []].append(key)
        }
        cell.pending = value
        cells[key] = cell
    }

    /// All rows as a transaction sees them.
    func rows(_ transaction: Int = 0) -> [(key: Key, value: Value)] {
        var rows: [(key: Key, value: Value)] = []
        for (key, cell) in cells {
            let isOwn = cell.owner != 0 && cell.owner == transaction
            if let value = isOwn ? cell.pending : cell.committed { rows.append((key, value)) }
        }
        return rows.count < 2 ? rows : rows.sorted { $0.key < $1.key }
    }

    /// Whether no row is committed and none is being written.
    var isEmpty: Bool { cells.isEmpty }

    /// Takes over what is committed in another.
    func copy(_ other: SimulatedTable) {
        cells = other.cells.compactMapValues { cell in cell.committed.map { Cell(committed: $0) } }
    }

    /// Lets others see what a transaction has written, or forgets it.
    func end(_ transaction: Int, commits: Bool) {
        guard !written.isEmpty, let keys = written.removeValue(forKey: transaction) else { return }
        for key in keys {
            guard var cell = cells[key] else { continue }
            if commits {
                onCommit?(key, cell.committed, cell.pending)
                cell.committed = cell.pending
            }
            cell.pending = nil
            cell.owner = 0
            cells[key] = cell.committed == nil ? nil : cell
        }
    }
}

/// Two or three names as one key of a table.
struct Names: Hashable, Comparable {
    let first: String
    let second: String
    var number = 0

    static func < (a: Names, b: Names) -> Bool {
        (a.first, a.second, a.number) < (b.first, b.second, b.number)
    }
}
