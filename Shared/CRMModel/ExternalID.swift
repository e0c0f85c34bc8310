import Crypto
import FoundationEssentials

/// Ids that every service computes alike from what an outside system calls a thing (UUID version 5), so that none has to ask
/// and the order of arrival does not matter.
public enum ExternalID {
    /// The namespace of all of them, drawn once for this product.
    private static let namespace = UUID(
        uuid: (
            0x5b, 0x0d, 0x2c, 0x1e, 0x6a, 0x8f, 0x4d, 0x0b, 0x9c, 0x35, 0x7e, 0x41, 0xd2, 0xa6, 0xf8, 0x13
        ))

    /// The party that a system knows under a reference.
    public static func party(system: String, reference: String) -> UUID {
        UUID.v5(namespace: namespace, name: "party\n\(system)\n\(reference)")
    }

    /// The party behind an ERP customer number.
    public static func party(customerNo: String) -> UUID { party(system: CustomerNumber.erp, reference: customerNo) }

    /// The order request of one revision of a quote: the ERP knows it again, whoever asks for it anew after a database was restored.
    public static func orderRequest(quote: UUID, revision: Int) -> UUID {
        make("order-request", "\(quote.text):\(revision)")
    }

    /// The message that is asked for under a deduplication key: the same, whoever asks for it anew.
    public static func message(deduplicationKey: String) -> UUID { make("message", deduplicationKey) }

    /// Anything else: a kind of thing and what makes it unique.
    public static func make(_ kind: String, _ reference: String) -> UUID {
        UUID.v5(namespace: namespace, name: "\(kind)\n\(reference)")
    }
}
