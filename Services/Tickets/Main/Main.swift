import ServiceKit
import Tickets

@main
struct Main {
    static func main() { ServiceCommand.run(TicketsService.self) }
}
