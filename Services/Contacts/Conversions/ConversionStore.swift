import CRMModel
import FoundationEssentials
import Messaging
import Postgres

/// The SQL of parties that come of leads.
enum ConversionStore {
    static let statements: [any Preparable] = [employ, remove]

    /// Says that firms employ persons.
    static let employ = Query(
        "conversion.employ", takes: [UUID].self, [UUID].self,
        sql: """
            INSERT INTO party_relation (party_id, kind, other_id)
            SELECT n.party_id, 'employs', n.other_id FROM unnest($1::uuid[], $2::uuid[]) AS n(party_id, other_id)
            JOIN party a ON a.id = n.party_id JOIN party b ON b.id = n.other_id ON CONFLICT DO NOTHING
            """)

    /// Takes parties away that a lead made, whose rows are locked, where nobody has changed them and nothing rests on them, and tells of it;
    /// `$2` and `$3` are the ends of the relations that the lead made.
    static let remove = Query(
        "conversion.remove", takes: [UUID].self, [UUID].self, [UUID].self, gives: UUID.self,
        sql: """
            WITH related AS (
                DELETE FROM party_relation r USING unnest($2::uuid[], $3::uuid[]) AS n(party_id, other_id)
                WHERE (r.party_id, r.kind, r.other_id) = (n.party_id, 'employs', n.other_id)
                RETURNING r.party_id, r.other_id),
            free AS (
                SELECT p.id, p.version FROM party p
                WHERE p.id = ANY($1::uuid[]) AND p.updated_at = p.created_at AND p.merged_into IS NULL
                    AND NOT EXISTS (SELECT FROM erp_document d WHERE d.party_id = p.id)
                    AND NOT EXISTS (SELECT FROM party_merge m WHERE m.survivor_id = p.id OR m.merged_id = p.id)
                    AND NOT EXISTS (SELECT FROM party_reference r WHERE r.party_id = p.id)
                    AND NOT EXISTS (SELECT FROM interaction i WHERE i.party_id = p.id)
                    AND NOT EXISTS (SELECT FROM consent_decision c WHERE c.party_id = p.id)
                    AND NOT EXISTS (SELECT FROM party_relation r WHERE (r.party_id = p.id OR r.other_id = p.id)
                        AND (r.party_id, r.other_id) NOT IN (SELECT party_id, other_id FROM related))),
            matched AS (DELETE FROM match_key WHERE party_id IN (SELECT id FROM free)),
            paired AS (
                DELETE FROM duplicate_pair WHERE low IN (SELECT id FROM free) OR high IN (SELECT id FROM free)),
            touched AS (DELETE FROM touch WHERE party_id IN (SELECT id FROM free)),
            staged AS (DELETE FROM party_stage WHERE party_id IN (SELECT id FROM free)),
            moved AS (DELETE FROM party_stage_change WHERE party_id IN (SELECT id FROM free)),
            past AS (DELETE FROM party_history WHERE party_id IN (SELECT id FROM free)),
            gone AS (DELETE FROM party WHERE id IN (SELECT id FROM free) RETURNING id),
            told AS (\(SQLEvent.insert(
                PartyRemoved.self, key: "id::text", sequence: "version + 1", ["partyId": "id"])) FROM free)
            SELECT id FROM gone
            """)
}
