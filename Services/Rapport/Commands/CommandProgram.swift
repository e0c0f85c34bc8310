import EventLoop

/// What the programs that a person runs have in common: words in, status 0, 1 for a failure or 2 for a misuse out.
package enum CommandProgram {
    /// Runs a program of one purpose, which shows its help when it is asked for; the body says whether all is well.
    package static func run(
        _ name: String, help: String, _ body: @escaping @Loop @Sendable (inout Arguments) async throws -> Bool
    ) -> Never {
        run(name, hint: "\(name) --help shows how it is used") { words in
            if words.contains("-h") || words.contains("--help") {
                print(help)
                return true
            }
            var arguments = Arguments(words)
            return try await body(&arguments)
        }
    }

    /// Runs a program and ends the process; the hint follows what is said of a misuse.
    static func run(
        _ name: String, hint: String, _ body: @escaping @Loop @Sendable ([String]) async throws -> Bool
    ) -> Never {
        Hardening.begin()
        do {
            try Loop.run {
                guard try await body(Array(CommandLine.arguments.dropFirst())) else { throw Failed() }
            }
        } catch is Failed {
            end(1)
        } catch let error as UsageError {
            complain("\(name): \(error.description)\n\(hint)")
            end(2)
        } catch {
            complain("\(name): \(error)")
            end(1)
        }
        end(0)
    }

    /// The command has said itself what is wrong.
    private struct Failed: Error {}

    private static func end(_ status: Int32) -> Never {
        fflush(nil)
        exit(status)
    }

    private static func complain(_ text: String) {
        fflush(nil)
        let bytes = Array("\(text)\n".utf8)
        _ = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
    }
}
