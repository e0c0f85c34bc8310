import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// What a new life of sales knows of the quotes of those before: those that were accepted, with the lines that the ERP was asked for. Drafts
/// are in no event with their lines; a backup alone holds them.
@Loop
enum QuoteRecovery {
    static func recover(_ subscriptions: inout Subscriptions) {
        subscriptions.on(
            [
                Heard(QuoteAccepted.self) { ToldRecord($0, $0.data.quote) },
                Heard(QuoteReopened.self) { ToldRecord($0, $0.data.quote) },
            ]
        ) { (told: [ToldRecord<QuoteState>], transaction) in
            for one in told {
                let quote = one.record
                transaction.enqueue(
                    QuoteStore.recover, quote.quoteId, one.version, quote.opportunityId, quote.currency,
                    quote.total.units, one.at, quote.status, quote.tax?.units ?? 0, quote.validUntil?.text,
                    one.isOfLaterLife(transaction))
            }
        }
        subscriptions.on(OrderRequested.self) { told, transaction in
            for request in told.map(\.data) {
                let lines = request.lines
                transaction.enqueue(
                    QuoteStore.recoverLines, request.quoteId, lines.indices.map { $0 + 1 }, lines.map(\.sku),
                    lines.map(\.name), lines.map(\.quantity.units), lines.map(\.unitPrice.units),
                    lines.map { ($0.total ?? $0.unitPrice.times($0.quantity) ?? .zero).units },
                    lines.map { ($0.listPrice ?? $0.unitPrice).units }, lines.map { $0.discountPercent?.units ?? 0 },
                    lines.map { $0.taxPercent?.units ?? 0 }, lines.map { $0.tax?.units ?? 0 })
            }
        }
    }
}
