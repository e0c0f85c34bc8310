import Rapport

@main
struct Main {
    static func main() { RapportCommand.run() }
}
