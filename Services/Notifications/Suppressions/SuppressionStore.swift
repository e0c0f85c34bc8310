import CRMModel
import Crypto
import FoundationEssentials
import Messaging
import Postgres

/// The SQL of who gets no marketing: addresses on the suppression list, and parties that withdrew their consent, with their addresses.
enum SuppressionStore {
    static let statements: [any Preparable] = [put, untold, know, known, hear, keepAddresses]

    /// Who refuses marketing on a channel.
    static let holding = Holding(
        "consents", on: .contacts,
        page: Query(
            "holding.consents", takes: String.self, Int.self, gives: String.self, String.self,
            sql: """
                SELECT concat_ws(E'\\x1f', party_id, channel), 'refused' FROM withdrawal
                WHERE (party_id, channel) > (\(Holding.idBehind), \(Holding.part(2))) ORDER BY party_id, channel LIMIT $2
                """),
        [
            .init(ConsentChanged.self) { told, event, _ in
                guard told.purpose == "marketing" else { return [] }
                let word = told.word(at: event.time)
                return [
                    ToldLine(
                        "\(told.partyId.text)\(Holding.mark)\(told.channel)", word.granted ? nil : "refused",
                        .time(word.decidedAt, isRefusal: !word.granted))
                ]
            }
        ])

    /// Keeps marketing from addresses, and tells of it, so that a service which loses its data knows it again.
    static let put = Query(
        "suppression.put", takes: [String].self, [String].self, [UUID].self,
        sql: """
            WITH kept AS (
                INSERT INTO suppression AS s (address, reason, id, version)
                SELECT address, reason, id, 1 FROM unnest($1::text[], $2::text[], $3::uuid[]) AS n(address, reason, id)
                ORDER BY address
                ON CONFLICT (address) DO UPDATE SET reason = excluded.reason, id = excluded.id, version = s.version + 1
                WHERE s.version = 0 OR s.reason <> excluded.reason
                RETURNING *)
            \(SQLEvent.insert(
                AddressSuppressed.self, key: "id::text", sequence: "version", ["address": "address", "reason": "reason"]))
            FROM kept ORDER BY address
            """)

    /// Addresses of which nothing was told yet: from before that was done, or found out in another way.
    static let untold = Query(
        "suppression.untold", takes: Int.self, gives: String.self, String.self,
        sql: """
            SELECT address, reason FROM suppression WHERE version = 0 ORDER BY address LIMIT $1 FOR UPDATE SKIP LOCKED
            """)

    /// Addresses as they were told, where nothing newer is known of them.
    static let know = Query(
        "suppression.know", takes: [String].self, [String].self, [UUID].self, [Int].self,
        sql: """
            INSERT INTO suppression AS s (address, reason, id, version)
            SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::bigint[])
            ON CONFLICT (address) DO UPDATE SET reason = excluded.reason, id = excluded.id, version = excluded.version
            WHERE s.version < excluded.version
            """)

    /// Which of some addresses' ids there are.
    static let known = Query(
        "suppression.known", takes: [UUID].self, gives: UUID.self,
        sql: "SELECT id FROM unnest($1::uuid[]) AS n(id) WHERE EXISTS (SELECT FROM suppression s WHERE s.id = n.id)")

    /// Keeps what parties say of channels where it was decided later than what stands, or refused at the same time.
    static let hear = Query(
        "suppression.hear", takes: [UUID].self, [String].self, [Bool].self, [Date].self,
        sql: """
            WITH newest AS (
                INSERT INTO consent_word AS w (party_id, channel, granted, decided_at)
                SELECT * FROM unnest($1::uuid[], $2::text[], $3::boolean[], $4::timestamptz[])
                ON CONFLICT (party_id, channel) DO UPDATE SET granted = excluded.granted, decided_at = excluded.decided_at
                WHERE (excluded.decided_at, NOT excluded.granted) > (w.decided_at, NOT w.granted)
                RETURNING party_id, channel, granted),
            lifted AS (
                DELETE FROM withdrawal w USING newest n
                WHERE n.granted AND w.party_id = n.party_id AND w.channel = n.channel),
            opened AS (
                DELETE FROM withdrawal_address a USING newest n
                WHERE n.granted AND a.party_id = n.party_id AND a.channel = n.channel)
            INSERT INTO withdrawal (party_id, channel) SELECT party_id, channel FROM newest WHERE NOT granted
            ON CONFLICT DO NOTHING
            """)

    /// Keeps where parties are reached who refuse.
    static let keepAddresses = Query(
        "suppression.keep_addresses", takes: [UUID].self, [String].self, [String].self,
        sql: """
            INSERT INTO withdrawal_address (channel, address, party_id)
            SELECT n.channel, n.address, n.party_id FROM unnest($1::uuid[], $2::text[], $3::text[]) AS n(party_id, channel, address)
            JOIN withdrawal w ON w.party_id = n.party_id AND w.channel = n.channel ORDER BY 1, 2, 3
            ON CONFLICT DO NOTHING
            """)
}
