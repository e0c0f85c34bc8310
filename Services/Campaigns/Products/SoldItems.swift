import CRMModel
import FoundationEssentials
import Messaging
import ServiceKit

/// The lines of orders, one item for each product of an order; a cancelled one holds nothing.
struct SoldItems {
    struct Key: Hashable {
        let order: BookName
        let sku: ExactText
    }

    struct Item {
        let currency: String
        let at: Date
        var quantity = Amount.zero
        var revenue = Amount.zero
    }

    private(set) var items: [Key: Item] = [:]
    private(set) var names: [ExactText: String] = [:]

    init(_ orders: [LedgerChange]) {
        for order in orders where !order.isCancelled {
            for line in order.document.lines where !line.sku.isEmpty {
                let sku = ExactText(line.sku)
                if names[sku] == nil || names[sku] == line.sku {
                    names[sku] = line.name.isEmpty ? line.sku : line.name
                }
                let key = Key(order: order.name, sku: sku)
                items[key, default: Item(currency: order.document.currency, at: order.document.at)].add(line)
            }
        }
    }

    /// The items in order of orders and products.
    var rows: [(key: Key, value: Item)] {
        items.sorted {
            (ExactText($0.key.order.id), $0.key.sku, ExactText($0.key.order.source))
                < (ExactText($1.key.order.id), $1.key.sku, ExactText($1.key.order.source))
        }
    }
}

extension SoldItems.Item {
    fileprivate mutating func add(_ line: ERPLine) {
        quantity += line.quantity
        revenue += line.value
    }
}
