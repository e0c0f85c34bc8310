import FoundationEssentials

/// Makes and verifies texts that only we can have written, for links in mails: `payload.expiry.code`.
///
/// The payload can be read by anybody; it cannot be changed, used after its time or used for another purpose.
public struct SignedToken: Sendable {
    /// Why a token was refused.
    public enum Refusal: Error {
        /// Not a token at all, or not one of this key and purpose.
        case notOurs
        /// Its time is over.
        case expired
    }

    private let key: [UInt8]

    /// Prepares for one purpose (`unsubscribe`); tokens of one purpose are refused for all others.
    public init(key: [UInt8], purpose: String) {
        // A key derived for each purpose: the purpose needs no place in the token and cannot be confused with it.
        self.key = HMAC.sha256(key: key, message: Array(purpose.utf8))
    }

    /// Makes a token, of characters that need no escaping in an address.
    public func make(_ payload: String, expires: Date) -> String {
        let seconds = Int64(clamping: expires)
        let signed = Base64URL.encode(Array(payload.utf8)) + "." + String(seconds)
        return signed + "." + Base64URL.encode(HMAC.sha256(key: key, message: Array(signed.utf8)))
    }

    /// The payload of a token that is ours and still good.
    public func verify(_ token: String, at now: Date = Date()) throws(Refusal) -> String {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let code = Base64URL.decode(String(parts[2])) else { throw .notOurs }
        let expected = HMAC.sha256(key: key, message: Array((parts[0] + "." + parts[1]).utf8))
        guard constantTimeEqual(code, expected) else { throw .notOurs }
        guard let payload = Base64URL.decode(String(parts[0])), let expiry = Int64(parts[1]) else { throw .notOurs }
        guard Int64(clamping: now) < expiry else { throw .expired }
        return String(decoding: payload, as: UTF8.self)
    }
}

extension Int64 {
    /// Whole seconds since 1970; times beyond all calendars become the last one, and no time at all the first.
    fileprivate init(clamping date: Date) {
        let seconds = date.timeIntervalSince1970.rounded(.down)
        self = Int64(exactly: seconds) ?? (seconds > 0 ? .max : .min)
    }
}
