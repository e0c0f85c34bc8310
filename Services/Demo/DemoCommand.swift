import EventLoop
import Rapport

/// The command line of the demo.
public enum DemoCommand {
    /// Runs the demo that the arguments ask for, and ends the process.
    public static func run() -> Never {
        CommandProgram.run("rapport-demo", help: help) { arguments in
            let suite = try Suite(SuiteFolder(arguments.value("--run") ?? SuiteFolder.defaultPath), Terminal())
            let options = try Demo.Options(&arguments)
            let isFresh = arguments.flag("--fresh")
            let isKept = arguments.flag("--keep")
            try arguments.end()
            guard !isFresh || !isKept else { throw UsageError("--fresh and --keep exclude each other") }
            if isFresh { try await suite.down(wipe: true) }
            return try await Demo(suite, options).run()
        }
    }

    private static let help = """
        rapport-demo [--orders N | --file PATH] [--rate R] [--plain] [--fresh | --keep] [--run DIR]
        Starts the suite, plays an ERP and its carrier onto the topics, waits until every service has applied
        all of it, tells a story (a lead that becomes money, a late shipment, a small campaign), and reconciles. The suite's supervisor starts again what dies. Status 0 for PASS.
          --orders N   a made-up shop with N orders (20,000 unless there is a real file)
          --file PATH  orders from a file in the form of UCI Online Retail, .csv or .csv.gz
          --rate R     at most R orders a second
          --plain      no story
          --fresh      delete all data first; --keep, the default, keeps it: playing twice changes nothing
          --run DIR    the folder of data, logs and state (.run beside the package)
        rapport shows, stops and repairs what it leaves running.
        """
}

extension Demo.Options {
    /// Takes its words from a command line.
    fileprivate init(_ arguments: inout Arguments) throws {
        orders = try arguments.number("--orders")
        file = try arguments.value("--file")
        rate = try arguments.number("--rate")
        isPlain = arguments.flag("--plain")
        guard orders == nil || file == nil else { throw UsageError("--orders and --file exclude each other") }
    }
}
