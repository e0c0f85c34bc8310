import EventLoop
import FoundationEssentials
import Testing

/// Changes known inputs of a reader by chance, under a seed, and asks of it: no crash, no hang, and what must hold.
///
/// A test tries a few thousand. `FUZZ_COUNT` says how many, `FUZZ_SECONDS` how long at most, `FUZZ_SEED` which, `FUZZ_FROM` where to begin:
/// before each input its number is written to `FUZZ_KEEP`, so that one that ends the process is found again.
struct Fuzz {
    let reader: Reader

    private static func setting(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    /// Tries inputs; one that takes longer than `longest` is a fault, too.
    func run(usually count: Int, longest: Duration = .seconds(2)) {
        let name = reader.name
        let count = Self.setting("FUZZ_COUNT") ?? count
        let seed =
            Self.setting("FUZZ_SEED").map { UInt64(bitPattern: Int64($0)) } ?? UInt64.random(in: 0...UInt64(Int64.max))
        let clock = ContinuousClock()
        let end = Self.setting("FUZZ_SECONDS").map { clock.now + .seconds($0) }
        let keep = ProcessInfo.processInfo.environment["FUZZ_KEEP"].map {
            open("\($0).\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        }
        var tried = 0
        print("fuzz \(name): seed \(seed)")
        for number in (Self.setting("FUZZ_FROM") ?? 0)..<count {
            if let end, number % 256 == 0, clock.now > end { break }
            let input = mutated(seed, number)
            if let keep {
                let line = Array("seed \(seed) number \(number)                    \n".utf8)
                _ = pwrite(keep, line, line.count, 0)
            }
            let took = clock.measure {
                do {
                    try reader.read(input)
                } catch let fault as DoesNotHold {
                    Issue.record("\(name): seed \(seed) number \(number): \(fault.what)")
                } catch {}
            }
            if took > longest { Issue.record("\(name): seed \(seed) number \(number) took \(took)") }
            tried += 1
        }
        if let keep { close(keep) }
        print("fuzz \(name): seed \(seed), \(tried) inputs")
    }

    /// Input `number` of a seed.
    private func mutated(_ seed: UInt64, _ number: Int) -> [UInt8] {
        let (corpus, words) = (reader.corpus, reader.words)
        var chance = Chance(state: seed ^ (UInt64(number) &* 0x9E37_79B9_7F4A_7C15))
        var input = corpus[chance.next(corpus.count)]
        for _ in 0..<(1 + chance.next(6)) {
            let place = chance.next(input.count + 1)
            switch chance.next(8) {
            case 0 where place < input.count: input[place] ^= 1 << UInt8(chance.next(8))
            case 1 where place < input.count: input[place] = UInt8(chance.next(256))
            case 2: input.insert(UInt8(chance.next(256)), at: place)
            case 3: input.removeSubrange(place..<min(input.count, place + 1 + chance.next(8)))
            case 4: input.removeSubrange(place...)
            case 5:
                let other = corpus[chance.next(corpus.count)]
                input = Array(input[..<place]) + other[chance.next(other.count + 1)...]
            case 6:
                let piece = input[place..<min(input.count, place + 1 + chance.next(64))]
                for _ in 0..<(1 + chance.next(20)) { input.insert(contentsOf: piece, at: place) }
            default: input.insert(contentsOf: words[chance.next(words.count)], at: place)
            }
        }
        return input
    }

    private struct Chance {
        var state: UInt64
        mutating func next(_ count: Int) -> Int {
            // SplitMix64.
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((value ^ (value >> 31)) % UInt64(max(1, count)))
        }
    }
}
