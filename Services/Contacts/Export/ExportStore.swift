/// The SQL of exports: what `PartyQuery` makes a list of.
enum ExportStore {
    /// A party as `ExportedParty` reads it, in its order. `p` is the party.
    static let columns = """
        json_build_array(p.id, p.kind, p.name, p.email, p.phone, p.language, p.time_zone, p.country, p.notes, p.tags, p.owner,
            p.category, p.birthday, nullif(p.details, '{}'), nullif(p.custom, '{}'),
            (SELECT json_agg(json_build_array(r.system, r.reference) ORDER BY r.system, r.reference)
                FROM party_reference r WHERE r.party_id = p.id),
            coalesce((SELECT s.stage FROM party_stage s WHERE s.party_id = p.id), 'prospect'), p.created_at, p.updated_at,
            (SELECT string_agg(c.channel || '/' || c.purpose || CASE WHEN c.granted THEN '=yes' ELSE '=no' END, ';'
                ORDER BY c.channel, c.purpose) FROM consent_effective c WHERE c.party_id = p.id AND c.is_said),
            (SELECT string_agg(v.currency || ' ' || round((v.revenue - v.credited) / 10000.0, 2) || ' (' || v.orders || ')', ';'
                ORDER BY v.currency) FROM party_value v WHERE v.party_id = p.id))::text
        """
}
