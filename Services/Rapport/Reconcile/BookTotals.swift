import Messaging

extension OrderBook {
    /// Number and sum of the documents that count, by kind and currency.
    var totals: [LedgerTotal] {
        var sums: [String: LedgerTotal] = [:]
        for (name, entry) in entries where !entry.isCancelled {
            let key = "\(name.kind)\n\(entry.currency)"
            var sum = sums[key] ?? LedgerTotal(kind: name.kind, currency: entry.currency, count: 0, units: 0)
            sum.count += 1
            sum.units += entry.units
            sums[key] = sum
        }
        return sums.sorted { $0.key < $1.key }.map(\.value)
    }
}
