import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Postgres

/// A row of the outbox, as `RelayStore.page` reads it. A class, so that passing it on copies one reference and not seven.
@Loop
final class OutboxRow {
    let id: Int
    let topic: String
    let key: String
    let sequence: Int?
    /// `ce_id` as text.
    let event: [UInt8]
    let kind: EventKind
    let trace: [UInt8]?
    let time: Date
    var payload: [UInt8]?
    /// Whether the payload is to be read by itself.
    let isLong: Bool
    /// Whether it speaks of the time before this life.
    let isPast: Bool

    init(_ row: Row, _ kinds: EventKinds) throws {
        id = try row.value(0)
        topic = try row.value(1)
        key = try row.value(2)
        sequence = try row.value(3)
        event = (try row.value(4) as UUID).textBytes
        kind = kinds[try row.value(5)]
        trace = (try row.value(6) as SQLBytes?)?.bytes
        time = try row.value(7)
        payload = (try row.value(8) as SQLBytes?)?.bytes
        isLong = try row.value(9)
        isPast = try row.value(10)
    }

    /// Whether it tells of a key under which others are sealed.
    var isOfKeys: Bool { topic == Topic.subjectKeys.name }
}

/// What the relay knows of a type of event.
final class EventKind {
    /// `ce_type`.
    let type: [UInt8]
    /// Whether its data is sealed.
    let isSealed: Bool

    init(type: [UInt8], isSealed: Bool) {
        self.type = type
        self.isSealed = isSealed
    }
}

/// The types of events met so far: one look-up a row says all that hangs on its type.
@Loop
final class EventKinds {
    private let sealedTypes: Set<String>
    private var known: [String: EventKind] = [:]

    init(sealing sealedTypes: Set<String>) { self.sealedTypes = sealedTypes }

    subscript(type: String) -> EventKind {
        if let kind = known[type] { return kind }
        let kind = EventKind(type: Array(type.utf8), isSealed: sealedTypes.contains(type))
        // A service has a few dozen types; whoever writes others into its outbox shall not fill the memory.
        if known.count < 1_000 { known[type] = kind }
        return kind
    }
}
