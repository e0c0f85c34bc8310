import FoundationEssentials

/// A message taken for sending.
struct ClaimedMessage: Sendable {
    let id: UUID
    /// 1 for the first time; also tells a later claim of the same message from this one.
    let attempt: Int
    let channel: String
    let address: String?
    let template: String
    let language: String?
    let data: [String: String]
    let isMarketing: Bool
    let createdAt: Date
    let isExpired: Bool
    let isAddressSuppressed: Bool
    /// Whether the recipient has withdrawn the consent to marketing on this channel.
    let isConsentWithdrawn: Bool
}
