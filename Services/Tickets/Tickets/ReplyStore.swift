import FoundationEssentials
import Postgres

/// The SQL of threads.
enum ReplyStore {
    static let statements: [any Preparable] = [insert]

    static let insert = Query(
        "reply.insert", takes: UUID.self, UUID.self, String.self, String.self, String?.self, String.self,
        sql: "INSERT INTO reply (id, ticket_id, visibility, sender, author, body) VALUES ($1, $2, $3, $4, $5, $6)")
}
