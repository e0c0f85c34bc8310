import CRMModel
import EventLoop
import FoundationEssentials

/// A made-up shop of any size: the same size and seed always give the same documents, in order of time over the year 2025.
///
/// A fifth of the customers places about four fifths of the orders, and so it is with the products; one order in twelve is a
/// walk-in's, and one in sixteen is credited in part. Numbers carry the shop's size, for another size makes other documents.
struct ShopGenerator: Sequence, IteratorProtocol {
    private let orders: Int
    private let customers: Int
    private let products: Int
    private var random: SeededGenerator
    private var made = 0
    /// Credits that were granted and are issued after the next order.
    private var waiting: [ShopDocument] = []
    private static let start = 1_735_689_600.0
    private static let year = 365.0 * 86_400

    /// Plans a shop.
    init(orders: Int, seed: UInt64 = 1) {
        self.orders = orders
        customers = Swift.max(3, orders / 5)
        products = Swift.max(10, Swift.min(4000, orders / 10))
        random = SeededGenerator(seed)
    }

    /// The next document; nil after the last.
    mutating func next() -> ShopDocument? {
        if made > 0, let credit = waiting.popLast() { return credit }
        guard made < orders else { return nil }
        made += 1
        let order = makeOrder()
        if random.fraction() < 0.0625 { waiting.append(credit(for: order)) }
        return order
    }

    private mutating func makeOrder() -> ShopDocument {
        let second = Double(made) / Double(orders + 1) * Self.year
        let customer: String? = random.fraction() < 1.0 / 12 ? nil : "K\(100_000 + skewed(customers))"
        var countries = SeededGenerator("country\n\(customer ?? "walk-in")")
        var lines: [ERPLine] = []
        var total = Amount.zero
        for _ in 0..<(1 + Int(-log(1 - random.fraction()) * 3)) {
            let line = makeLine()
            guard let amount = line.unitPrice.times(line.quantity) else { continue }
            lines.append(line)
            total += amount
        }
        return ShopDocument(
            kind: .order, id: "S\(orders)-\(made)", customerNo: customer,
            country: countries.pick(["United Kingdom", "China", "China", "Germany", "Singapore"]),
            at: RFC3339.string(Date(timeIntervalSince1970: (Self.start + second).rounded(.down))), currency: "GBP",
            lines: lines, total: total)
    }

    private mutating func makeLine() -> ERPLine {
        let number = skewed(products)
        var product = SeededGenerator("product\n\(number)")
        var line = ERPLine()
        line.sku = "P\(10_000 + number)"
        line.name = product.pick(Self.looks) + " " + product.pick(Self.things)
        line.unitPrice = Amount(units: (50 + Int(pow(product.fraction(), 3) * 9_950)) * 100)
        line.quantity = Amount(units: (1 + Int(-log(1 - random.fraction()) * 4)) * Amount.scale)
        return line
    }

    private func credit(for order: ShopDocument) -> ShopDocument {
        var credit = order
        credit.kind = .credit
        credit.id = "R" + order.id.dropFirst()
        credit.lines = Array(order.lines.prefix(1))
        credit.total = credit.lines.reduce(.zero) { $0 + ($1.unitPrice.times($1.quantity) ?? .zero) }
        return credit
    }

    /// A number below `count`, the low ones far more often: the first fifth gets four fifths.
    private mutating func skewed(_ count: Int) -> Int {
        Swift.min(count - 1, Int(pow(random.fraction(), 7) * Double(count)))
    }

    private static let looks = [
        "Red", "Vintage", "Wooden", "Ceramic", "Blue", "Hanging", "Silver", "Paper", "青花", "红木",
    ]
    private static let things = [
        "Lantern", "Tea Set", "Heart", "Cake Stand", "Clock", "Notebook", "Cushion", "Bowl", "茶杯", "灯笼", "花瓶",
    ]
}
