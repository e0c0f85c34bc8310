import Console
import ServiceKit

@main
struct Main {
    static func main() { ServiceCommand.run(ConsoleService.self) }
}
