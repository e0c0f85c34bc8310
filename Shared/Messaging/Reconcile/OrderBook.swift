import CRMModel
import Crypto
import FoundationEssentials
import Kafka

/// A document as it must stand in a service.
public struct BookEntry: Equatable, Sendable {
    /// The party, in lower case; nil for a walk-in.
    public let party: String?
    /// ISO 4217.
    public let currency: String
    /// Ten-thousandths.
    public let units: Int
    /// Whether it does not count any more.
    public let isCancelled: Bool

    /// Describes a document.
    public init(party: String?, currency: String, units: Int, isCancelled: Bool) {
        self.party = party
        self.currency = currency
        self.units = units
        self.isCancelled = isCancelled
    }
}

/// A document's kind and the ERP's number of it.
public struct BookName: Hashable, Comparable, CustomStringConvertible, Sendable {
    /// `order`, `invoice`, `credit`, `adjustment`, `payment`.
    public let kind: String
    /// The ERP's number.
    public let id: String

    /// Names a document.
    public init(kind: String, id: String) {
        self.kind = kind
        self.id = id
    }

    /// For people.
    public var description: String { "\(kind) \(id)" }
    /// By kind, then number.
    public static func < (a: BookName, b: BookName) -> Bool { (a.kind, a.id) < (b.kind, b.id) }
}

/// A share of all documents, so that whoever has little memory compares one share after the other.
public struct BookSlice: Sendable {
    /// All of them.
    public static let whole = BookSlice(0, of: 1)
    private let number: UInt
    private let count: UInt

    /// The share of a number from 0 to below `count`.
    public init(_ number: Int, of count: Int) {
        self.number = UInt(number)
        self.count = UInt(count)
    }

    /// Whether a document is in it; one and the same within a process.
    public func contains(_ name: BookName) -> Bool {
        count == 1 || UInt(bitPattern: name.hashValue) % count == number
    }
}

/// The documents of the order topic, the last state of each, as the services must have applied them.
public struct OrderBook: Sendable {
    /// The last state of each.
    public private(set) var entries: [BookName: BookEntry] = [:]
    private var toldAt: [BookName: Date] = [:]
    /// Messages read.
    public private(set) var messages = 0
    /// Events told before under the same source and id, which count once.
    public private(set) var repeated = 0
    /// Events of types that are no documents.
    public private(set) var others = 0
    /// Messages that no service can read, which end as dead letters.
    public private(set) var unreadable = 0
    let slice: BookSlice
    private var told: Set<String> = []

    /// An empty book of a share of the documents.
    public init(_ slice: BookSlice = .whole) { self.slice = slice }

    /// Takes the next message of the topic.
    public mutating func take(_ record: KafkaRecord) {
        guard let event = try? Event(record), !record.isTombstone else {
            messages += 1
            unreadable += 1
            return
        }
        event.withData {
            take(
                source: event.source, id: event.id, type: event.type, version: event.version, at: event.time, data: $0)
        }
    }

    /// Takes the next event.
    public mutating func take(
        source: String, id: String, type: String, version: Int, at time: Date? = nil, data: UnsafeRawBufferPointer
    ) {
        messages += 1
        guard Self.types.contains(type) else { return others += 1 }
        guard version == 1, let (name, entry) = try? Self.read(type, data) else { return unreadable += 1 }
        guard slice.contains(name) else { return }
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
}
