import Postgres

/// The SQL of what is promised about time.
enum PolicyStore {
    static let statements: [any Preparable] = [get, all, set]

    static let get = Query(
        "policy.get", takes: String.self, gives: Double.self, Double.self,
        sql: """
            SELECT extract(epoch FROM first_response)::float8, extract(epoch FROM resolution)::float8
            FROM sla_policy WHERE priority = $1
            """)

    static let all = Query(
        "policy.all", gives: String.self,
        sql: """
            SELECT json_agg(json_build_object('priority', priority,
                'firstResponseMinutes', (extract(epoch FROM first_response) / 60)::float8,
                'resolutionMinutes', (extract(epoch FROM resolution) / 60)::float8)
                ORDER BY array_position('{urgent,high,normal,low}', priority))::text
            FROM sla_policy
            """)

    static let set = Statement(
        "policy.set",
        """
        UPDATE sla_policy p SET first_response = make_interval(secs => n.first * 60.0),
            resolution = make_interval(secs => n.resolution * 60.0)
        FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS n(priority, first, resolution)
        WHERE p.priority = n.priority
        """)
}
