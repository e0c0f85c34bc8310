import CRMModel
import FoundationEssentials
import Text

/// By what a party is known for certain: an address, a number, what a system calls it. In the form in which two are compared.
struct AccountKey: Hashable {
    enum Kind: String {
        case mail, phone, reference
    }

    let kind: Kind
    let key: String

    /// A mail address; nil for what is none.
    static func mail(_ address: String?) -> AccountKey? {
        address.flatMap(MailAddress.normal).map { AccountKey(kind: .mail, key: $0.lowercased()) }
    }

    /// A telephone number: its last nine digits, so that with or without country and zero it is the same; nil for a short one.
    static func phone(_ number: String?) -> AccountKey? {
        let digits = (number ?? "").compactMap(\.wholeNumberValue).filter { (0...9).contains($0) }
        return digits.count < 7 ? nil : AccountKey(kind: .phone, key: digits.suffix(9).map(String.init).joined())
    }

    /// What a system calls it.
    static func reference(_ reference: PartyReference) -> AccountKey {
        AccountKey(kind: .reference, key: "\(reference.system):\(reference.reference)")
    }

    /// All of a party.
    static func all(of party: PartyState) -> Set<AccountKey> {
        var keys = Set(([party.email] + (party.emails ?? []).map(\.address)).compactMap { mail($0) })
        keys.formUnion(([party.phone] + (party.phones ?? []).map(\.number)).compactMap { phone($0) })
        keys.formUnion((party.references ?? []).map { reference($0) })
        if let number = party.customerNo {
            keys.insert(.reference(PartyReference(system: CustomerNumber.erp, reference: number)))
        }
        return keys
    }
}

extension PartyState {
    /// What it says that an account has no columns for, JSON; nil where there is nothing.
    var profile: String? {
        get throws {
            var more = self
            more.references = references.flatMap { $0.contains { $0.system != CustomerNumber.erp } ? $0 : nil }
            let plain = PartyState(
                partyId: partyId, kind: kind, name: name, email: email, phone: phone, country: country,
                customerNo: customerNo)
            more.stage = nil
            return more == plain ? nil : try ModelJSON.text(more)
        }
    }
}
