import Crypto
import CRMModel
import FoundationEssentials

/// A document as it must stand in a service.
struct BookEntry: Equatable {
    /// The party, in lower case; nil for a walk-in.
    var party: String?
    var currency: String
    /// Ten-thousandths.
    var units: Int
    var isCancelled: Bool
}

/// A document's kind and the ERP's number of it.
struct BookName: Hashable, Comparable, CustomStringConvertible {
    let kind: String
    let id: String
    var description: String { "\(kind) \(id)" }
    static func < (a: BookName, b: BookName) -> Bool { (a.kind, a.id) < (b.kind, b.id) }
}

/// The documents of the order topic, the last state of each, as the services must have applied them.
struct OrderBook {
    private(set) var entries: [BookName: BookEntry] = [:]
    private var toldAt: [BookName: Date] = [:]
    /// Messages read.
    private(set) var messages = 0
    /// Events told before under the same source and id, which count once.
    private(set) var repeated = 0
    /// Events of types that are no documents.
    private(set) var others = 0
    /// Messages that no service can read, which end as dead letters.
    private(set) var unreadable = 0
    private var told: Set<String> = []

    /// Counts a message without a readable envelope.
    mutating func takeUnreadable() {
        messages += 1
        unreadable += 1
    }

    /// Takes the next event.
    mutating func take(
        source: String, id: String, type: String, version: Int, at time: Date? = nil, data: UnsafeRawBufferPointer
    ) {
        messages += 1
        guard Self.types.contains(type) else { return others += 1 }
        guard version == 1, let (name, entry) = try? Self.read(type, data) else { return unreadable += 1 }
        guard told.insert("\(source)\n\(id)").inserted else { return repeated += 1 }
        guard !isOutdated(entry, time, by: name) else { return }
        entries[name] = entry
        toldAt[name] = time
    }

    /// As the services' ledgers have it: under another customer number, in another partition, only the ERP's clock says what is newer,
    /// and at one time the greater party.
    private func isOutdated(_ entry: BookEntry, _ time: Date?, by name: BookName) -> Bool {
        guard let known = entries[name], known.party != entry.party, let time, let then = toldAt[name] else {
            return false
        }
        return (time, entry.party ?? "") < (then, known.party ?? "")
    }

    private static let types: Set<String> = [
        OrderPlaced.type, OrderChanged.type, OrderCancelled.type, InvoiceIssued.type, CreditIssued.type,
        PaymentReceived.type,
    ]

    private static func read(
        _ type: String, _ data: UnsafeRawBufferPointer
    ) throws(JSONError) -> (BookName, BookEntry) {
        switch type {
        case OrderPlaced.type: return entry("order", try OrderPlaced(json: data).order)
        case OrderChanged.type: return entry("order", try OrderChanged(json: data).order)
        case OrderCancelled.type: return entry("order", try OrderCancelled(json: data).order, isCancelled: true)
        case CreditIssued.type: return entry("credit", try CreditIssued(json: data).credit)
        case PaymentReceived.type: return entry("payment", try PaymentReceived(json: data).payment)
        default:
            let invoice = try InvoiceIssued(json: data).invoice
            return entry(invoice.orderID == nil ? "adjustment" : "invoice", invoice)
        }
    }

    private static func entry(
        _ kind: String, _ document: ERPDocument, isCancelled: Bool = false
    ) -> (BookName, BookEntry) {
        let entry = BookEntry(
            party: document.partyID?.text, currency: document.currency, units: document.total.units,
            isCancelled: isCancelled)
        return (BookName(kind: kind, id: document.id), entry)
    }

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
