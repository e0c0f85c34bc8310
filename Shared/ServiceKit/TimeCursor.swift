import CRMModel
import Crypto
import FoundationEssentials
import HTTP
import Postgres

/// Where a page of what is sorted by time, newest first, ended: a time and the id that tells equal times apart.
public struct TimeCursor: Sendable {
    /// Before any other: the first page begins behind it.
    public private(set) var at = Date(timeIntervalSince1970: 32_503_680_000)
    /// The id of the page's last item.
    public private(set) var id = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))

    /// The place of an item.
    public init(at: Date, id: UUID) {
        self.at = at
        self.id = id
    }

    /// Reads the parameter `after`; nil is the first page, and what is no cursor a 400.
    public init(_ text: String?) throws {
        guard let text else { return }
        let parts = try PageCursor.parts(text, 2)
        guard let id = UUID(text: parts[0]), let at = RFC3339.date(parts[1]) else { throw PageCursor.refusal }
        self.id = id
        self.at = at
    }

    /// The cursor as it is handed out.
    public var text: String { PageCursor.text(id.text, RFC3339.string(at)) }
}

extension Response {
    /// A page of what is sorted by time: an item in JSON, its time and its id each.
    public static func page(byTime rows: [(String, Date, UUID)], limit: Int) -> Response {
        page(rows.map(\.0), limit: limit, next: rows.last.map { TimeCursor(at: $0.1, id: $0.2).text })
    }
}
