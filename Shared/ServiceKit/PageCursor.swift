import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres

/// Where a page ended, as callers get it in `next` and give it back in `after`: the parts of a place, a line each, in base 64
/// for addresses.
public enum PageCursor {
    /// The cursor of a place; the last part may have several lines.
    public static func text(_ parts: String...) -> String {
        Base64URL.encode(Array(parts.joined(separator: "\n").utf8))
    }

    /// The parts of a cursor; what is none is a 400.
    public static func parts(_ text: String, _ count: Int) throws -> [String] {
        guard let bytes = Base64URL.decode(text), let place = String(validating: bytes, as: UTF8.self),
            !place.unicodeScalars.contains("\0")
        else { throw refusal }
        let parts = place.split(separator: "\n", maxSplits: count - 1, omittingEmptySubsequences: false)
        guard parts.count == count else { throw refusal }
        return parts.map(String.init)
    }

    /// What is said of a text that is no cursor of the list.
    public static var refusal: Problem { .field("after", "must be the `next` of the page before") }
}

extension Request {
    /// The keys that a page begins behind, of a list that is sorted by so many; empty for the first page.
    @Loop
    public func pageAfter(keys count: Int) throws -> [String] {
        try query("after").map { try PageCursor.parts($0, count) } ?? Array(repeating: "", count: count)
    }
}

extension Route.Parameter {
    /// The parameters of a list that is sorted by keys, or by time.
    public static let pagingByKeys: [Route.Parameter] = [
        limit, .query("after", .string, "The `next` of the page before"),
    ]
}

extension Response {
    /// A page of items in order of id, each in JSON and with its id.
    public static func page(byID items: [(String, UUID)], limit: Int) -> Response {
        page(items.map(\.0), limit: limit, next: items.last?.1.text)
    }

    /// A page of rows in order of id: an item in JSON and its id each.
    public static func page(byID rows: Rows, limit: Int) throws -> Response {
        let next = try rows.last.map { try $0.value(1) as UUID }
        return page(try rows.map { try $0.value(0) }, limit: limit, next: next?.text)
    }
}
