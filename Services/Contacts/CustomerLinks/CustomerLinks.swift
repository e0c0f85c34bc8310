import CRMModel
import Messaging
import ServiceKit

extension Capability {
    /// Which of our parties a number of an ERP is.
    static let customerLinks = Capability(
        "customer-links", "which of our parties a number of an ERP is", migrations: [CustomerLinkSchema.migration],
        statements: CustomerLinkStore.statements,
        standings: [.fact("customer_claim"), .fact("order_asked"), .own("customer_link_due")]
    ) { context in
        let worker = CustomerLinkWorker(context)
        return CapabilityParts(background: [{ await worker.run() }]) { CustomerLinkHandlers.subscribe(&$0) }
    }
}
