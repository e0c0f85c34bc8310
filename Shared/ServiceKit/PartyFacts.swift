import CRMModel
import Crypto
import Messaging

/// What contacts tells of parties, for reactions that wait for it under the party's id.
extension IntentFact {
    /// Who a party is, how it is reached, and where its facts count.
    public static let party = [
        IntentFact(PartyCreated.self) { $0.party.partyId.text },
        IntentFact(PartyChanged.self) { $0.party.partyId.text },
        IntentFact(PartyMerged.self) { $0.partyId.text }, IntentFact(PartyUnmerged.self) { $0.partyId.text },
    ]

    /// What a party allows.
    public static let consent = IntentFact(ConsentChanged.self) { $0.partyId.text }
}
