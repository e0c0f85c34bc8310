import CRMModel
import Crypto
import FoundationEssentials
import Postgres

/// A row of the outbox, as `RelayStore.page` reads it.
struct OutboxRow {
    let id: Int
    let topic: String
    let key: String
    let sequence: Int?
    /// `ce_id` as text.
    let event: [UInt8]
    let type: String
    let trace: [UInt8]?
    let time: Date
    var payload: [UInt8]?
    /// Whether the payload is to be read by itself.
    let isLong: Bool

    init(_ row: Row) throws {
        id = try row.value(0)
        topic = try row.value(1)
        key = try row.value(2)
        sequence = try row.value(3)
        event = (try row.value(4) as UUID).textBytes
        type = try row.value(5)
        trace = (try row.value(6) as SQLBytes?)?.bytes
        time = try row.value(7)
        payload = (try row.value(8) as SQLBytes?)?.bytes
        isLong = try row.value(9)
    }

    /// Whether it tells of a key under which others are sealed.
    var isOfKeys: Bool { topic == Topic.subjectKeys.name }
}
