import EventLoop
import FoundationEssentials

/// Measures the suite's promises, each beside its limit or its peer in the same run.
@main
struct Main {
    static func main() {
        do {
            try Loop.run {
                let environment = ProcessInfo.processInfo.environment
                guard let database = environment["BENCH_DATABASE_URL"], let brokers = environment["BENCH_KAFKA_BROKERS"]
                else {
                    print(
                        "BENCH_DATABASE_URL (a database where schemas may be made) and BENCH_KAFKA_BROKERS are needed;")
                    print("`make bench` starts both and sets them.")
                    exit(2)
                }
                let bench = try Bench(database: database, brokers: brokers)
                let words = CommandLine.arguments.dropFirst()
                try await bench.run(only: words.first, part: words.dropFirst().first)
            }
            exit(0)
        } catch {
            print("bench: \(error)")
            exit(1)
        }
    }
}
