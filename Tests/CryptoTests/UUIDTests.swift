import FoundationEssentials
import Testing

@testable import Crypto

@Suite struct UUIDTests {
    /// RFC 9562, A.6.
    @Test func version7LaysOutTheKnownAnswer() {
        let id = UUID.v7(milliseconds: 0x017F_22E2_79B0, counter: 0xCC3, random: 0x18C4_DC0C_0C07_398F)
        #expect(id.uuidString == "017F22E2-79B0-7CC3-98C4-DC0C0C07398F")
        #expect(id.v7Milliseconds == 1_645_557_742_000)
    }

    /// RFC 9562, A.4.
    @Test func version5GivesTheKnownAnswer() {
        #expect(UUID.dnsNamespace.uuidString == "6BA7B810-9DAD-11D1-80B4-00C04FD430C8")
        let id = UUID.v5(namespace: .dnsNamespace, name: "www.example.com")
        #expect(id.uuidString == "2ED6657D-E927-568B-95E1-2665A8AEA6A2")
        #expect(id.v7Milliseconds == nil)
    }

    @Test func version7IsOrderedAndMarked() throws {
        let before = UInt64(Date().timeIntervalSince1970 * 1000)
        let ids = (0..<20_000).map { _ in UUID.v7() }
        #expect(zip(ids, ids.dropFirst()).allSatisfy { $0.uuidString < $1.uuidString })
        #expect(ids.allSatisfy { $0.uuid.6 >> 4 == 7 && $0.uuid.8 >> 6 == 2 })
        let time = try #require(ids.first?.v7Milliseconds)
        #expect((before...before + 60_000).contains(time))
    }

    @Test func counterOutlivesAClockThatStandsOrGoesBack() {
        var clock = V7Clock()
        var last: (milliseconds: UInt64, counter: UInt16) = (0, 0)
        for step in 0..<10_000 {
            let next = clock.next(at: step < 5_000 ? 1_000 : 900, start: 0xfff)
            #expect((next.milliseconds, next.counter) > last)
            #expect(next.counter <= 0xfff)
            last = next
        }
        #expect(clock.next(at: 5_000, start: 5) == (5_000, 5))
    }
}
