import Crypto
import FoundationEssentials
import HTTP
import ServiceKit

/// Where a page ended: the last entry's place in the order, and its id.
struct PartyCursor {
    let sort: String
    let id: UUID

    init(sort: String, id: UUID) {
        self.sort = sort
        self.id = id
    }

    /// Reads the parameter `after`; the kind of order is part of it, so that a cursor is refused by another list.
    init?(_ text: String?, sort kind: String) throws {
        guard let text else { return nil }
        let parts = try PageCursor.parts(text, 3)
        guard parts[0] == kind, let id = UUID(text: parts[1]) else { throw PageCursor.refusal }
        self.id = id
        sort = parts[2]
        let isTyped =
            kind == "name"
            || (kind == "value.net"
                ? Int(sort) != nil : sort.utf8.allSatisfy { $0 < 0x80 } && sort.count < 40 && sort.count > 18)
        guard isTyped else { throw PageCursor.refusal }
    }

    func text(sort kind: String) -> String { PageCursor.text(kind, id.text, sort) }
}
