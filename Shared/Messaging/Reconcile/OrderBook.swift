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

/// What names a document: its ERP, its kind and the ERP's number of it; compared byte by byte, as the database does.
public struct BookName: Hashable, Comparable, CustomStringConvertible, Sendable {
    /// The ERP, as its events say it; empty where a service does not know it any more.
    public let source: String
    /// `order`, `invoice`, `credit`, `adjustment`, `payment`.
    public let kind: String
    /// The ERP's number.
    public let id: String

    /// Names a document.
    public init(source: String, kind: String, id: String) {
        self.source = source
        self.kind = kind
        self.id = id
    }

    /// For people.
    public var description: String { "\(kind) \(id)\(source.isEmpty ? "" : " of \(source)")" }
    /// By number, then kind, then ERP.
    public static func < (a: BookName, b: BookName) -> Bool { a.order < b.order }

    /// Whether two name one document.
    public static func == (a: BookName, b: BookName) -> Bool { a.order == b.order }

    /// By its bytes.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ExactText(id))
        hasher.combine(ExactText(kind))
        hasher.combine(ExactText(source))
    }

    private var order: (ExactText, ExactText, ExactText) { (ExactText(id), ExactText(kind), ExactText(source)) }
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

    /// Whether a document is in it; one and the same within a process, and whether its ERP is known or not.
    public func contains(_ name: BookName) -> Bool {
        if count == 1 { return true }
        var hasher = Hasher()
        hasher.combine(ExactText(name.kind))
        hasher.combine(ExactText(name.id))
        return UInt(bitPattern: hasher.finalize()) % count == number
    }
}

/// The documents of the order topic, of each the state that counts, as the services must have applied them.
public struct OrderBook: Sendable {
    /// The states of each.
    public private(set) var states: [BookName: DocumentStates<BookEntry>] = [:]
    /// The state of each that counts.
    public var entries: [BookName: BookEntry] { states.mapValues(\.counting.content) }
    /// By ERP, how many states were older than one told before them under the same customer number.
    public private(set) var older: [String: Int] = [:]
    /// Messages read.
    public private(set) var messages = 0
    /// Events told before under the same source and id, which count once.
    public private(set) var repeated = 0
    /// Events of types that are no documents.
    public private(set) var others = 0
    /// Messages that no service can read, which end as dead letters.
    public private(set) var unreadable = 0
    let slice: BookSlice
    private var told: Set<ExactText> = []

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
                source: event.source, id: event.id, type: event.type, version: event.version, at: event.time,
                offset: record.offset, data: $0)
        }
    }

    /// Takes the next event; `offset` is its place in its partition, where that is not the order in which events are taken.
    public mutating func take(
        source: String, id: String, type: String, version: Int, at time: Date? = nil, offset: Int64? = nil,
        data: UnsafeRawBufferPointer
    ) {
        messages += 1
        guard Self.types.contains(type) else { return others += 1 }
        guard version == 1, let (kind, document) = try? Self.read(type, data) else { return unreadable += 1 }
        let name = BookName(source: source, kind: kind, id: document.id)
        guard slice.contains(name) else { return }
        guard told.insert(ExactText("\(source)\n\(id)")).inserted else { return repeated += 1 }
        let isCancelled = type == OrderCancelled.type
        let state = DocumentStates<BookEntry>.State(
            party: document.partyID, offset: offset ?? Int64(messages), told: time, isCancelled: isCancelled,
            content: BookEntry(
                party: document.partyID?.text, currency: document.currency, units: document.total.units,
                isCancelled: isCancelled))
        if states[name] == nil {
            states[name] = DocumentStates(state)
        } else if states[name]?.take(state) == true {
            older[source, default: 0] += 1
        }
    }

    private static let types: Set<String> = [
        OrderPlaced.type, OrderChanged.type, OrderCancelled.type, InvoiceIssued.type, CreditIssued.type,
        PaymentReceived.type,
    ]

    private static func read(
        _ type: String, _ data: UnsafeRawBufferPointer
    ) throws(JSONError) -> (kind: String, ERPDocument) {
        switch type {
        case OrderPlaced.type: return ("order", try OrderPlaced(json: data).order)
        case OrderChanged.type: return ("order", try OrderChanged(json: data).order)
        case OrderCancelled.type: return ("order", try OrderCancelled(json: data).order)
        case CreditIssued.type: return ("credit", try CreditIssued(json: data).credit)
        case PaymentReceived.type: return ("payment", try PaymentReceived(json: data).payment)
        default:
            let invoice = try InvoiceIssued(json: data).invoice
            return (invoice.orderID == nil ? "adjustment" : "invoice", invoice)
        }
    }
}
