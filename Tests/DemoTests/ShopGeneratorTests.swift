import CRMModel
import Testing

@testable import Demo
@testable import Rapport

@Suite struct ShopGeneratorTests {
    @Test func repeatsFromItsSeed() {
        let first = Array(ShopGenerator(orders: 500, seed: 7))
        #expect(first == Array(ShopGenerator(orders: 500, seed: 7)))
        #expect(first != Array(ShopGenerator(orders: 500, seed: 8)))
    }

    @Test func isBelievable() throws {
        let documents = Array(ShopGenerator(orders: 5000))
        let orders = documents.filter { $0.kind == .order }
        #expect(orders.count == 5000)
        #expect(Set(documents.map(\.id)).count == documents.count)
        #expect(orders.map(\.at) == orders.map(\.at).sorted())
        #expect(orders.allSatisfy { RFC3339.date($0.at) != nil && !$0.lines.isEmpty && $0.total > .zero })
        let credits = documents.count - orders.count
        #expect((200...450).contains(credits))
        // A fifth of the customers, near enough, places four fifths of the orders.
        var perCustomer: [String: Int] = [:]
        for order in orders { perCustomer[order.customerNo ?? "", default: 0] += 1 }
        let walkIns = perCustomer.removeValue(forKey: "") ?? 0
        #expect((250...600).contains(walkIns))
        let sorted = perCustomer.values.sorted(by: >)
        let top = sorted.prefix(200).reduce(0, +)
        #expect(Double(top) / Double(5000 - walkIns) > 0.7)
    }

    @Test func shipmentsAreMostlyFine() {
        var shop = ShopEvents()
        var types: [String: Int] = [:]
        for document in ShopGenerator(orders: 5000) {
            for event in shop.of(document) where event.topic == .shipments { types[event.type, default: 0] += 1 }
        }
        let dispatched = types[ShipmentDispatched.versionedType] ?? 0
        #expect((3300...3700).contains(dispatched))
        #expect((10...80).contains(types[ShipmentDelayed.versionedType] ?? 0))
        #expect((3...50).contains(types[ShipmentReturned.versionedType] ?? 0))
    }

    @Test func namesAreStable() {
        let people = (0..<200).map { PersonNames(customerNo: "K\($0)") }
        #expect(people.map(\.name) == (0..<200).map { PersonNames(customerNo: "K\($0)").name })
        #expect(people.contains { $0.language == "zh-CN" } && people.contains { $0.language == "en-GB" })
        #expect(Set(people.map(\.email)).count == 200)
    }
}
