import CRMModel
import Crypto
import Messaging
import Postgres
import ServiceKit

/// What campaigns holds of members, to be held against what contacts tells.
enum MemberHoldingStore {
    static let all = [customers, consents]

    private static let customers = Holding(
        "customers", on: .contacts,
        page: Query(
            "holding.customers", takes: String.self, Int.self, gives: String.self, String.self,
            sql: """
                SELECT party_id::text, concat_ws(', ', name, coalesce(email, '-'), coalesce(language, '-'))
                FROM member WHERE name IS NOT NULL AND party_id > \(Holding.idBehind) ORDER BY party_id LIMIT $2
                """),
        [
            .init(PartyCreated.self) { told, _, _ in [line(told.party)] },
            .init(PartyChanged.self) { told, _, _ in [line(told.party)] },
        ])

    private static func line(_ party: PartyState) -> ToldLine {
        let texts = [party.name, party.email ?? "-", party.language ?? "-"]
        return ToldLine(party.partyId.text, texts.joined(separator: ", "))
    }

    private static let consents = Holding(
        "consents", on: .contacts,
        page: Query(
            "holding.consents", takes: String.self, Int.self, gives: String.self, String.self,
            sql: """
                SELECT party_id::text, CASE WHEN may_mail THEN 'granted' ELSE 'refused' END
                FROM member WHERE may_mail IS NOT NULL AND party_id > \(Holding.idBehind) ORDER BY party_id LIMIT $2
                """),
        [
            .init(ConsentChanged.self) { told, event, _ in
                guard told.channel == "mail", told.purpose == "marketing" else { return [] }
                let word = told.word(at: event.time)
                return [
                    ToldLine(
                        told.partyId.text, word.granted ? "granted" : "refused",
                        .time(word.decidedAt, isRefusal: !word.granted))
                ]
            }
        ])
}
