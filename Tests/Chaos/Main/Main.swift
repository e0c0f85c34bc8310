import Chaos

@main
struct Main {
    static func main() { ChaosCommand.run() }
}
