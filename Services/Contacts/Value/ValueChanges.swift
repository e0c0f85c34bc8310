import CRMModel
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// What a batch of documents does to the sums: what is new is added; months in which something was changed, cancelled or moved are
/// counted again from the ledger. Walk-ins count in the totals and belong to nobody.
struct ValueChanges {
    /// A sum of a customer.
    struct Key: Hashable {
        let party: UUID
        let currency: String
    }

    /// A new document of a customer.
    struct Document {
        let kind: LedgerEntry.Kind
        let party: UUID
        let document: ERPDocument
        let detail: DocumentDetail
    }

    /// A month of a customer that is counted again, by any moment in it.
    struct Recount {
        let party: UUID
        let currency: String
        let at: Date
    }

    /// What is added to the sums over all customers.
    struct Cell {
        let kind: LedgerEntry.Kind
        let currency: String
        let at: Date
        let count: Int
        let total: Amount
        let isWalkIn: Bool
    }

    private(set) var added: [Document] = []
    private(set) var recounted: [Recount] = []
    private(set) var cells: [Cell] = []
    private(set) var parties: Set<UUID> = []
    /// The document of each of them that came last, for people.
    private(set) var causes: [UUID: String] = [:]
    private var detailOf: [BookName: DocumentDetail] = [:]
    /// The details of states that do not count, each with its customer number's party.
    private(set) var aside: [(detail: DocumentDetail, party: UUID?)] = []

    init(_ changes: [LedgerChange]) {
        for change in changes where [.order, .credit, .payment].contains(change.kind) {
            let detail = DocumentDetail(change.name, change.document)
            if change.standing == .aside {
                if change.kind != .payment { aside.append((detail, change.party)) }
                continue
            }
            if change.kind != .payment {
                if change.standing == .told { detailOf[change.name] = detail }
                addCells(change)
            }
            take(change, detail)
        }
        separate()
    }

    /// The details to keep, one of each document.
    var details: [DocumentDetail] { detailOf.sorted { $0.key < $1.key }.map(\.value) }

    private mutating func take(_ change: LedgerChange, _ detail: DocumentDetail) {
        guard let party = change.party else { return }
        if change.standing == .recalled {
            // What it costs stands with the details that are kept aside.
            for at in Set([change.document.at, change.previous?.at ?? change.document.at]) {
                recounted.append(Recount(party: party, currency: change.document.currency, at: at))
            }
        } else if let previous = change.previous {
            let isMoved = previous.at != change.document.at
            guard change.count != 0 || change.total != .zero || isMoved || detail.costed != 0 else { return }
            recounted.append(Recount(party: party, currency: previous.currency, at: previous.at))
            if isMoved {
                recounted.append(Recount(party: party, currency: previous.currency, at: change.document.at))
            }
        } else if change.count > 0 {
            added.append(Document(kind: change.kind, party: party, document: change.document, detail: detail))
        } else {
            return
        }
        parties.insert(party)
        causes[party] = "\(change.kind.rawValue) \(change.document.id)"
    }

    /// A sum that is counted again holds its new documents too: they are in the ledger already.
    private mutating func separate() {
        guard !recounted.isEmpty else { return }
        let keys = Set(recounted.map { Key(party: $0.party, currency: $0.currency) })
        func isRecounted(_ new: Document) -> Bool {
            keys.contains(Key(party: new.party, currency: new.document.currency))
        }
        recounted += added.filter(isRecounted).map {
            Recount(party: $0.party, currency: $0.document.currency, at: $0.document.at)
        }
        added.removeAll(where: isRecounted)
    }

    private mutating func addCells(_ change: LedgerChange) {
        func add(_ currency: String, _ at: Date, _ count: Int, _ total: Amount) {
            guard count != 0 || total != .zero else { return }
            cells.append(
                Cell(
                    kind: change.kind, currency: currency, at: at, count: count, total: total,
                    isWalkIn: change.party == nil))
        }
        guard let previous = change.previous, previous.at != change.document.at else {
            return add(change.document.currency, change.document.at, change.count, change.total)
        }
        add(previous.currency, previous.at, -previous.count, -previous.total)
        add(
            change.document.currency, change.document.at, previous.count + change.count, previous.total + change.total)
    }
}
