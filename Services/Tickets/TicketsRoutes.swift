import EventLoop
import HTTP
import ServiceKit

/// The HTTP surface of tickets.
@Loop
func ticketsRoutes(_ context: ServiceContext, _ surveys: Surveys) -> [Route] {
    ticketRoutes(context, surveys) + replyRoutes(context) + callerCardRoutes(context) + policyRoutes(context)
        + surveyRoutes(context, surveys) + surveyPages(context, surveys)
        + ticketsPersonalData.routes(context)
}

/// JSON that the database made.
func jsonResponse(_ text: String) -> Response {
    Response(.ok, bytes: Array(text.utf8), contentType: "application/json")
}
