import Testing
@testable import Broker
@Test func dummy() { #expect(API.all.count > 10) }
