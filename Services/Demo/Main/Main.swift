import Demo

@main
struct Main {
    static func main() { DemoCommand.run() }
}
