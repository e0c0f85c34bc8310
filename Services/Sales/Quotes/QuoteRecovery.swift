import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// What a new life of sales knows of the quotes of those before: those that were accepted, with the lines that the ERP was asked for. Drafts
/// are in no event with their lines; a backup alone holds them.
@Loop
enum QuoteRecovery {
    static func recover(_ subscriptions: inout Subscriptions) {
        subscriptions.on(QuoteAccepted.self) { told, transaction in
            for one in told {
                guard let version = one.event.sequence else { continue }
                let quote = one.data.quote
                transaction.enqueue(
                    QuoteStore.recover, quote.quoteId, version, quote.opportunityId, quote.currency, quote.total.units,
                    one.event.time ?? Date(), transaction.isOfLaterLife(one.event.epoch))
            }
        }
        subscriptions.on(OrderRequested.self) { told, transaction in
            for request in told.map(\.data) {
                transaction.enqueue(
                    QuoteStore.recoverLines, request.quoteId, request.lines.indices.map { $0 + 1 },
                    request.lines.map(\.sku), request.lines.map(\.name), request.lines.map(\.quantity.units),
                    request.lines.map(\.unitPrice.units),
                    request.lines.map { ($0.unitPrice.times($0.quantity) ?? .zero).units })
            }
        }
    }
}
