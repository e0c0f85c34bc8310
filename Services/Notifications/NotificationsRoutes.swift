import EventLoop
import HTTP
import ServiceKit

/// The HTTP surface of notifications.
@Loop
func notificationsRoutes(_ context: ServiceContext, _ settings: MailSettings) -> [Route] {
    messageRoutes(context) + templateRoutes(settings) + suppressionRoutes(context)
        + notificationsPersonalData.routes(context)
}

/// JSON that the database made.
func jsonResponse(_ text: String) -> Response {
    Response(.ok, bytes: Array(text.utf8), contentType: "application/json")
}
