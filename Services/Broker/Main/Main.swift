import Broker
import EventLoop

@main
enum Main {
    static func main() { Broker.main(CommandLine.arguments.dropFirst()) }
}
