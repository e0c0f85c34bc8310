import Testing

@testable import Chaos
@testable import Rapport

@Suite struct LeaderElectionTests {
    private func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    private func text(_ text: String?) -> [UInt8] {
        guard let text else { return bytes(Int16(-1)) }
        return bytes(Int16(text.utf8.count)) + Array(text.utf8)
    }

    private func answer(code: Int16 = 0, _ topics: [(String, [Int16])]) -> [UInt8] {
        var body = bytes(Int32(1)) + bytes(Int32(0)) + bytes(code) + bytes(Int32(topics.count))
        for (name, codes) in topics {
            body += text(name) + bytes(Int32(codes.count))
            for (number, code) in codes.enumerated() {
                body += bytes(Int32(number)) + bytes(code) + text(code == 0 ? nil : "no election was needed")
            }
        }
        return bytes(Int32(body.count)) + body
    }

    @Test func partitionsThatGotAnotherLeaderAreCounted() throws {
        let whole = answer([("erp.orders", [0, 84, 0]), ("crm.contacts", [84, 0])])
        #expect(LeaderElection.isWhole(whole) && !LeaderElection.isWhole(Array(whole.dropLast())))
        #expect(try LeaderElection.moved(whole) == 3)
    }

    @Test func refusalsAndBrokenAnswersAreErrors() {
        #expect(throws: SuiteError.self) { try LeaderElection.moved(answer(code: 41, [])) }
        let whole = answer([("erp.orders", [0, 84, 0])])
        for count in 0..<whole.count - 30 {
            #expect(throws: SuiteError.self) { try LeaderElection.moved(Array(whole.prefix(count))) }
        }
    }
}
