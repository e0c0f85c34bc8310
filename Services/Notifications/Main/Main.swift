import Notifications
import ServiceKit

@main
struct Main {
    static func main() { ServiceCommand.run(NotificationsService.self) }
}
