import CRMModel
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// The SQL of archives.
enum ArchiveStore {
    static let statements: [any Preparable] = [put, ask, receive, get, files, pieces, expire, forget]

    static let put = Statement(
        "archive.put", "INSERT INTO party_archive (id, party_id, parties, requested_by) VALUES ($1, $2, $3, $4)")

    static let ask = Statement(
        "archive.ask",
        """
        \(SQLEvent.insert(
            ArchiveRequested.self, key: "p::text", sequence: nil, ["archiveId": "$1::uuid", "partyId": "p"]))
        FROM unnest($2::uuid[]) AS p
        """)

    /// Pieces, each once; those of an archive that is over by now find nothing.
    static let receive = Query(
        "archive.receive", takes: [UUID].self, [UUID].self, [Int].self, [Int].self, [SQLBytes].self, String.self,
        sql: """
            INSERT INTO archive_piece (archive_id, party_id, service, piece, pieces, bytes)
            SELECT n.archive_id, n.party_id, $6, n.piece, n.pieces, n.bytes
            FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bytea[])
                AS n(archive_id, party_id, piece, pieces, bytes)
            JOIN party_archive a ON a.id = n.archive_id
            ON CONFLICT DO NOTHING
            """)

    /// What is there of an archive; it is complete when each service has delivered all pieces for each party.
    static let get = Query(
        "archive.get", takes: UUID.self, gives: String.self, Bool.self,
        sql: """
            WITH parts AS (
                SELECT service, party_id, sum(octet_length(bytes)) AS size, count(*) = max(pieces) AS is_whole
                FROM archive_piece WHERE archive_id = $1 GROUP BY service, party_id)
            SELECT json_build_object('id', a.id, 'partyId', a.party_id, 'parties', a.parties, 'requestedBy', a.requested_by,
                'requestedAt', a.requested_at, 'expiresAt', a.requested_at + interval '7 days', 'isComplete', c.is_complete,
                'parts', (SELECT coalesce(json_agg(json_build_object('service', service, 'partyId', party_id, 'bytes', size)
                    ORDER BY service, party_id), '[]') FROM parts WHERE is_whole))::text, c.is_complete
            FROM party_archive a CROSS JOIN LATERAL (
                SELECT count(*) FILTER (WHERE is_whole) = 5 * cardinality(a.parties) AS is_complete FROM parts) c
            WHERE a.id = $1
            """)

    static let files = Statement(
        "archive.files", "SELECT DISTINCT service, party_id FROM archive_piece WHERE archive_id = $1 ORDER BY 1, 2")

    static let pieces = Statement(
        "archive.pieces",
        "SELECT bytes FROM archive_piece WHERE archive_id = $1 AND service = $2 AND party_id = $3 ORDER BY piece")

    /// Archives whose time is over go with all pieces.
    static let expire = Statement("archive.expire", "DELETE FROM party_archive WHERE id = ANY($1::uuid[])")

    static let forget = Statement("archive.forget", "DELETE FROM party_archive WHERE parties && $1::uuid[]")
}
