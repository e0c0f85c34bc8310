import EventLoop
import HTTP
import ServiceKit

/// The HTTP surface of notifications.
@Loop
func notificationsRoutes(_ context: ServiceContext, _ settings: MailSettings) -> [Route] {
    messageRoutes(context) + templateRoutes(language: settings.language) + suppressionRoutes(context)
        + notificationsPersonalData.routes(context)
}
