import FoundationEssentials
import Testing

@testable import Tickets

@Suite struct TicketRulesTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    private var ticket: Ticket {
        Ticket(
            id: UUID(), subject: "退货", createdAt: start, firstResponseDueAt: start + 100, resolutionTarget: 1000,
            resolutionDueAt: start + 1000)
    }

    @Test func theResolutionClockStandsWhileTheCustomerIsAsked() {
        var ticket = ticket
        ticket.move(to: .waiting, at: start + 400)
        #expect(ticket.resolutionTimer == nil)
        #expect(ticket.resolutionLeft == 600)
        ticket.move(to: .open, at: start + 5000)
        #expect(ticket.resolutionTimer == start + 5600)
        #expect(ticket.resolutionLeft == nil)
    }

    @Test func anAnswerStopsTheFirstClockOnly() {
        var ticket = ticket
        ticket.answer(at: start + 50)
        #expect(ticket.status == .replied)
        #expect(ticket.firstResponseTimer == nil)
        #expect(ticket.resolutionTimer == start + 1000)
        ticket.answer(at: start + 70)
        #expect(ticket.firstRespondedAt == start + 50)
    }

    @Test func resolvingStopsBothClocksAndReopeningGoesOn() {
        var ticket = ticket
        ticket.move(to: .resolved, at: start + 300)
        #expect(ticket.firstResponseTimer == nil && ticket.resolutionTimer == nil)
        #expect(ticket.resolvedAt == start + 300)
        ticket.move(to: .open, at: start + 900)
        #expect(ticket.resolutionTimer == start + 1600)
        #expect(ticket.resolvedAt == nil)
    }

    @Test func anotherPriorityCountsFromTheBeginning() {
        var ticket = ticket
        ticket.move(to: .waiting, at: start + 100)
        ticket.move(to: .open, at: start + 300)
        ticket.change(priority: "urgent", Policy(firstResponse: 10, resolution: 400))
        #expect(ticket.firstResponseTimer == start + 10)
        #expect(ticket.resolutionTimer == start + 600)
    }

    @Test func numbersAreFoundByTheirEnd() {
        #expect(phonePattern("+44 20 7946 0958") == "85906497024" + "4%")
        #expect(phonePattern("020 7946 0958") == "8590649702%")
        #expect(phonePattern("138 0013 8000") == "00083100831%")
        #expect(phonePattern("12") == nil)
    }
}
