import CRMModel
import EventLoop
import FoundationEssentials
import Postgres

/// Who buys, as the ERP is told of him: the account that counts for a party now, with the names of all that count for the same customer.
struct Buyer {
    /// The party that counts.
    let party: UUID
    /// The ERP's number, where it knows the customer.
    let customerNo: String?
    let form: OrderBuyer

    /// Reads what is known of a party; nil where contacts has not told of it.
    @Loop
    static func find(_ party: UUID, in transaction: Transaction) async throws -> Buyer? {
        let states = try await transaction.rows(OrderRequestStore.buyer, party).map { row in try state(row) }
        guard let lead = states.first(where: \.isOwn) else { return nil }
        var form = OrderBuyer(lead.party)
        // What else systems call the customer: the ERP is not to make him once more.
        var references = form.references ?? []
        for name in states.flatMap({ OrderBuyer($0.party).references ?? [] }) where !references.contains(name) {
            references.append(name)
        }
        form.references = references.isEmpty ? nil : references
        return Buyer(
            party: lead.party.partyId, customerNo: states.lazy.compactMap(\.party.customerNo).first, form: form)
    }

    private static func state(
        _ row: (UUID, Bool, String, String, String?, String?, String?, String?, String?)
    ) throws -> (party: PartyState, isOwn: Bool) {
        let (id, isOwn, name, kind, email, phone, country, customerNo, profile) = row
        var party =
            try profile.map { try ModelJSON.decoder.decode(PartyState.self, from: Data($0.utf8)) }
            ?? PartyState(partyId: id, kind: kind, name: name)
        (party.name, party.kind, party.email, party.phone) = (name, kind, email, phone)
        (party.country, party.customerNo) = (country, customerNo)
        let number = customerNo.map { PartyReference(system: CustomerNumber.erp, reference: $0) }
        if let number, party.references?.contains(number) != true {
            party.references = [number] + (party.references ?? [])
        }
        return (party, isOwn)
    }
}
