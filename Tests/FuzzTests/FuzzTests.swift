import Testing

/// All that reads bytes of others, a little of each; `make fuzz` does it in quantity.
@Suite struct FuzzTests {
    @Test(arguments: [
        ("http", 20_000), ("json", 20_000), ("cloudevents", 3000), ("csv", 10_000), ("vcard", 10_000), ("xlsx", 3000),
        ("kafka", 20_000),
    ])
    func readersOutliveWhatTheyAreSent(_ name: String, _ count: Int) throws {
        let reader = try #require(Reader.all.first { $0.name == name })
        for input in reader.corpus { _ = try? reader.read(input) }
        Fuzz(reader: reader).run(usually: count)
    }

    /// Inputs that once were read wrong.
    @Test(arguments: Reader.all.map(\.name)) func whatWasReadWrongIsReadRight(_ name: String) throws {
        let reader = try #require(Reader.all.first { $0.name == name })
        for input in FoundInputs.all[name] ?? [] {
            do {
                try reader.read(input)
            } catch let fault as DoesNotHold {
                Issue.record("\(name): \(fault.what): \(input)")
            } catch {}
        }
    }
}
