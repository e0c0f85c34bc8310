import CRMModel
import Crypto
import EventLoop
import Kafka
import Postgres

/// Stands for the data of an event until it is opened.
struct SealedData: Sendable {}

/// A sealed event that its key does not open: it was changed on its way, or sealed with another key.
private struct SealBroken: Error, CustomStringConvertible {
    let description = "the seal of its data does not fit its key"
}

extension BatchItem {
    /// The event and its handler, where its data is sealed.
    fileprivate var sealed: (event: Event, version: Int, handler: Subscriptions.Handler)? {
        guard case .event(let event, _, let handler) = content, let version = event.sealed else { return nil }
        return (event, version, handler)
    }

    /// Whether its data is sealed.
    var isSealed: Bool { sealed != nil }

    /// Whether it tells of a key of sealed events.
    var isOfKeys: Bool { record.origin.topic == Topic.subjectKeys.name }
}

extension Event {
    /// The key that its data is sealed with.
    var keyName: SubjectKeys.Name { SubjectKeys.Name(owner: source, subject: key) }

    /// Opens its data where its key is among those known; false where nobody can read it.
    mutating func open(_ known: [SubjectKeys.Name: SubjectKeys.Known]) -> Bool {
        guard let sealed, let key = known[keyName], key.version == sealed, let bytes = key.key else { return false }
        let (value, context) = (record.value ?? [], Array(id.utf8))
        for one in [bytes] + key.others where opened == nil {
            opened = try? AESGCM.open(value, key: one, context: context)
        }
        return opened != nil
    }
}

extension BatchApplication {
    /// Opens sealed events. Those whose keys are gone are left out: nobody can read them any more, and they count as applied.
    func opened(_ items: [BatchItem], _ transaction: Transaction) async throws -> [BatchItem] {
        // Keys that came together with what they open.
        let keys = items.filter(\.isOfKeys)
        for call in ordered(keys) { try await call.group.apply(call.data, transaction) }
        let sealed = items.compactMap(\.sealed).filter { $0.version > 0 }
        let known = try await SubjectKeys.known(Set(sealed.map(\.event.keyName)), in: transaction)
        let missing = Self.missing(sealed.map { ($0.event, $0.version) }, known)
        guard missing.isEmpty else { throw Self.lacking(missing) }
        return try items.filter { !$0.isOfKeys }.compactMap { try open($0, known) }
    }

    private static func lacking(_ keys: Set<String>) -> NotYet {
        NotYet("the key of its data has not come", keys: keys, isForSeal: true)
    }

    /// The keys of messages whose data cannot be opened yet.
    private static func missing(
        _ sealed: [(event: Event, version: Int)], _ known: [SubjectKeys.Name: SubjectKeys.Known]
    ) -> Set<String> {
        let lacking = sealed.filter { known[$0.event.keyName]?.lacks($0.version, of: $0.event.epoch) ?? true }
        return Set(lacking.map(\.event.key))
    }

    private func open(_ item: BatchItem, _ known: [SubjectKeys.Name: SubjectKeys.Known]) throws -> BatchItem? {
        guard let sealed = item.sealed else { return item }
        var event = sealed.event
        guard let key = known[event.keyName], key.version == sealed.version, let bytes = key.key else { return nil }
        let value = event.record.value ?? []
        let opened = ([bytes] + key.others).lazy.compactMap { one in
            try? AESGCM.open(value, key: one, context: Array(event.id.utf8))
        }
        guard let data = opened.first else {
            // A later life has made a key under the same version, which may come behind what it opens.
            if key.epoch < event.epoch { throw Self.lacking([event.key]) }
            // A life that had ended has sealed it with a key of its own: whoever knows of the end takes it for void, and nobody else can read it.
            if key.epoch > event.epoch { return nil }
            throw SealBroken()
        }
        event.opened = data
        var item = item
        item.content = .event(event, data: try sealed.handler.decode(event), handler: sealed.handler)
        return item
    }
}
