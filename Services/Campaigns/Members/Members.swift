import CRMModel
import Messaging
import Postgres
import ServiceKit

extension Capability {
    /// Whom campaigns may write to, and what they bought.
    static let members = Capability(
        "members", "whom campaigns may write to, and what they bought",
        migrations: [CampaignsSchema.benefits, CampaignsSchema.decisions, CampaignsSchema.mailboxes],
        statements: MemberStore.statements,
        standings: [.assertion("member")], holdings: MemberHoldingStore.all
    ) { context in
        CapabilityParts(routes: memberRoutes(context)) {
            // What is done about it stands with the personal data; here its locks are only foreseen.
            $0.on(
                [Heard(PartyErased.self) { $0.data.partyId }],
                foresee: { MemberLocks.foresee(erased: $0, in: $1) }, { _, _ in })
            $0.on(
                [Heard(PartyRemoved.self) { $0.data.partyId }],
                foresee: { MemberLocks.foresee(erased: $0, in: $1) }
            ) { parties, transaction in
                transaction.enqueue(MemberStore.end, parties)
            }
        }
    }
}
