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
        let bytes = Data(base64Encoded: text).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let parts = bytes.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == kind, let id = UUID(text: parts[1]), !parts[2].contains("\0") else {
            throw Problem.field("after", "must be the `next` of the page before")
        }
        self.id = id
        sort = String(parts[2])
        let isTyped =
            kind == "name"
            || (kind == "value.net"
                ? Int(sort) != nil : sort.utf8.allSatisfy { $0 < 0x80 } && sort.count < 40 && sort.count > 18)
        guard isTyped else { throw Problem.field("after", "must be the `next` of the page before") }
    }

    func text(sort kind: String) -> String { Data("\(kind)\n\(id.text)\n\(sort)".utf8).base64EncodedString() }
}
