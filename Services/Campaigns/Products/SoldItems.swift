import CRMModel
import FoundationEssentials

/// The lines of orders, one item for each product of an order.
struct SoldItems {
    struct Key: Hashable {
        let order: String
        let sku: String
    }

    struct Item {
        let currency: String
        let at: Date
        var quantity = Amount.zero
        var revenue = Amount.zero
    }

    private(set) var items: [Key: Item] = [:]
    private(set) var names: [String: String] = [:]

    init(_ orders: [ERPDocument]) {
        for order in orders {
            for line in order.lines where !line.sku.isEmpty {
                if names[line.sku] == nil || names[line.sku] == line.sku {
                    names[line.sku] = line.name.isEmpty ? line.sku : line.name
                }
                let key = Key(order: order.id, sku: line.sku)
                items[key, default: Item(currency: order.currency, at: order.at)].add(line)
            }
        }
    }
}

extension SoldItems.Item {
    fileprivate mutating func add(_ line: ERPLine) {
        quantity += line.quantity
        revenue += line.value
    }
}
