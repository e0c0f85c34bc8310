import Sales
import ServiceKit

@main
struct Main {
    static func main() { ServiceCommand.run(SalesService.self) }
}
