import EventLoop
import HTTP
import ServiceKit

/// The HTTP surface of tickets.
@Loop
func ticketsRoutes(_ context: ServiceContext, _ surveys: Surveys) -> [Route] {
    ticketRoutes(context) + replyRoutes(context) + callerCardRoutes(context) + policyRoutes(context)
        + surveyRoutes(context, surveys) + surveyPages(context, surveys)
        + ticketsPersonalData.routes(context)
}
