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
        var quantity = 0
        var revenue = 0
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
    /// Figures that no order can have are left out rather than stop the process.
    fileprivate mutating func add(_ line: ERPLine) {
        guard let value = line.quantity.times(line.unitPrice) else { return }
        let quantity = quantity.addingReportingOverflow(line.quantity.units)
        let revenue = revenue.addingReportingOverflow(value.units)
        guard !quantity.overflow, !revenue.overflow else { return }
        self.quantity = quantity.partialValue
        self.revenue = revenue.partialValue
    }
}
