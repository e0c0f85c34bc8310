import EventLoop
import HTTP
import ServiceKit

/// The HTTP surface of sales.
@Loop
func salesRoutes(_ context: ServiceContext) throws -> [Route] {
    let answerTime = try context.settings.value(
        Setting<Int>(
            "ORDER_ANSWER_SECONDS", default: 86_400, help: "how long the ERP may take to answer an order request"))
    return accountRoutes(context) + quotaRoutes(context) + leadRoutes(context) + opportunityRoutes(context)
        + quoteRoutes(context, answerTime: answerTime) + orderRequestRoutes(context) + taskRoutes(context)
        + activityRoutes(context) + Ledger.routes(context) + salesPersonalData.routes(context)
}
