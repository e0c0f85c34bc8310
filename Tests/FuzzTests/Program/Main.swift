import EventLoop

/// Gives a reader inputs that libFuzzer makes: `rapport-fuzz READER [options of libFuzzer] [folders of inputs]`.
@main
enum Main {
    static func main() {
        let name = CommandLine.arguments.dropFirst().first ?? ""
        guard let reader = Reader.all.first(where: { $0.name == name }) else {
            let names = Reader.all.map(\.name).joined(separator: " | ")
            fatalError("rapport-fuzz \(names) [options of libFuzzer] [folders of inputs]")
        }
        chosen = reader
        if let folder = CommandLine.arguments.dropFirst(2).last, !folder.utf8.starts(with: "-".utf8) {
            keep(reader, in: folder)
        }
        var words: [UnsafeMutablePointer<CChar>?] =
            ([CommandLine.arguments[0]] + CommandLine.arguments.dropFirst(2)).map { strdup($0) } + [nil]
        var count = Int32(words.count - 1)
        words.withUnsafeMutableBufferPointer { list in
            var first = list.baseAddress
            exit(runDriver(&count, &first, tryInput))
        }
    }

    nonisolated(unsafe) fileprivate static var chosen = Reader.requests

    /// Puts what a reader begins with into the folder of inputs, which the driver reads and adds to.
    private static func keep(_ reader: Reader, in folder: String) {
        mkdir(folder, 0o700)
        for (number, input) in (reader.corpus + reader.words).enumerated() {
            let file = open("\(folder)/begin-\(number)", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
            _ = write(file, input, input.count)
            close(file)
        }
    }
}

/// What libFuzzer calls with each input.
private let tryInput: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32 = { bytes, count in
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    do {
        try Main.chosen.read(input)
    } catch let fault as DoesNotHold {
        fatalError("\(Main.chosen.name): \(fault.what)")
    } catch {}
    return 0
}

/// libFuzzer's own, from the toolchain.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32
