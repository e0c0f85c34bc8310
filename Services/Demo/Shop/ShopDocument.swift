import CRMModel

/// A document as the ERP of the demo writes it.
struct ShopDocument: Equatable {
    enum Kind: String {
        case order
        case credit
        case adjustment
    }

    var kind: Kind
    var id: String
    /// Nil for a walk-in.
    var customerNo: String?
    var country: String
    /// RFC 3339.
    var at: String
    var currency: String
    /// A credit's quantities are what comes back, positive.
    var lines: [ERPLine]
    /// Exact: the sum of quantity times price. A credit's is positive; an adjustment has the sign it has.
    var total: Amount

    /// What its messages are keyed by, so that a customer's documents keep their order.
    var key: String { customerNo ?? id }
}
