import Broker
import EventLoop

@main
enum Main {
    static func main() throws {
        try Loop.run { try await Broker.run(CommandLine.arguments.dropFirst()) }
    }
}
