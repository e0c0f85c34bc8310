import CRMModel
import Crypto
import FoundationEssentials
import ServiceKit

/// What a batch of documents adds to the revenue of their accounts; walk-ins have none.
struct RevenueChanges {
    struct Key: Hashable, Comparable {
        let account: UUID
        let currency: String

        static func < (a: Key, b: Key) -> Bool {
            (a.account, a.currency) < (b.account, b.currency)
        }
    }

    struct Sum {
        var orders = 0
        var revenue = Amount.zero
        var credits = 0
        var credited = Amount.zero
        var lastAt: Date?
    }

    private(set) var rows: [Key: Sum] = [:]
    private(set) var customers: [UUID: CustomerNumber] = [:]

    init(_ changes: [LedgerChange]) {
        for change in changes where change.kind == .order || change.kind == .credit {
            guard let account = change.party else { continue }
            if let number = change.document.number { customers[account] = number }
            let key = Key(account: account, currency: change.document.currency)
            var sum = rows[key] ?? Sum()
            if change.kind == .order {
                sum.orders += change.count
                sum.revenue += change.total
                // Of one that changed the time is looked up below; one that is cancelled when first heard of has none.
                if change.count > 0 { sum.lastAt = max(sum.lastAt ?? change.document.at, change.document.at) }
            } else {
                sum.credits += change.count
                sum.credited += change.total
            }
            rows[key] = sum
        }
    }
}
