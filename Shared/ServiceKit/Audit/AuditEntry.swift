import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Postgres
import Telemetry
import Text

/// One thing that was done, as the audit keeps it: who, what, to what, when, and which members. No values: what is said of a customer must be
/// able to be forgotten, and nothing of the audit can.
public struct AuditEntry: Codable, Sendable, Equatable {
    /// Its own id, so that no two entries are the same.
    public let id: UUID
    /// When, to the microsecond.
    public let at: String
    /// Who: `person:0190…`, `key:4f1c9a02`, `service`.
    public let actor: String
    /// How he is called.
    public let name: String
    /// The session.
    public let session: UUID?
    /// Where from.
    public let address: String?
    /// What: `person.changed`, `session.ended`.
    public let action: String
    /// To what: a kind and an id, `person:0190…`.
    public let subject: String
    /// Which members are others than before.
    public let members: [String]?
    /// The request's trace, which logs have too.
    public let trace: String?

    /// An entry about what is done now, by whoever is at work unless it is said who.
    @Loop
    public init(_ action: String, _ subject: String, members: [String]? = nil, by other: AuditActor? = nil) {
        id = .v7()
        at = RFC3339.string(Date())
        let who = other ?? AuditActor.current ?? AuditScope.current?.actor
        actor = who?.id ?? "service"
        name = who?.name ?? "the service itself"
        session = who?.session
        address = who.flatMap { $0.address.isEmpty ? nil : $0.address }
        self.action = action
        self.subject = subject
        self.members = members
        trace = Trace.current?.traceparent
    }
}

extension AuditEntry {
    /// As it is kept: JSON, whose digest stands in the tree. Written by hand, for every change of the suite writes one.
    var text: String {
        var bytes = Array("{\"id\":\"\(id.text)\",\"at\":\"\(at)\"".utf8)
        func add(_ name: StaticString, _ value: String?) {
            guard let value else { return }
            bytes.append(contentsOf: ",\"\(name)\":".utf8)
            JSONString.append(value, to: &bytes)
        }
        add("actor", actor)
        add("name", name)
        add("session", session?.text)
        add("address", address)
        add("action", action)
        add("subject", subject)
        if let members {
            bytes.append(contentsOf: ",\"members\":[".utf8)
            for (place, member) in members.enumerated() {
                if place > 0 { bytes.append(UInt8(ascii: ",")) }
                JSONString.append(member, to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        }
        add("trace", trace)
        bytes.append(UInt8(ascii: "}"))
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Writing things down, in the transaction in which they are done.
public enum Audit {
    /// Writes an entry; it is there if what it tells of is.
    @Loop
    public static func write(_ entry: AuditEntry, in transaction: Transaction) {
        transaction.shared(AuditMark.init).isWritten = true
        transaction.enqueue(AuditStore.write, entry.text, entry.actor, entry.action, entry.subject)
    }
}
