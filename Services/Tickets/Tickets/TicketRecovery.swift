import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// What a new life of tickets knows of those before, which they told themselves: each ticket's state, when its customer was answered and
/// what was late. Threads, notes, descriptions and who works on it are in no event; a backup alone holds them.
@Loop
enum TicketRecovery {
    /// What an event tells of a ticket.
    enum Word {
        case opened, changed, replied, resolved, breached
        case answered(score: Int, comment: String?)
    }

    /// A ticket as an event told it.
    struct Told {
        let id: UUID
        let state: TicketState?
        let word: Word
        let version: Int
        let at: Date
        let epoch: Int

        init?<T>(_ told: Received<T>, _ id: UUID, _ state: TicketState?, _ word: Word) {
            guard let version = told.event.sequence else { return nil }
            (self.id, self.state, self.word, self.version) = (id, state, word, version)
            at = told.event.time ?? Date()
            epoch = told.event.epoch
        }
    }

    static func recover(_ subscriptions: inout Subscriptions) {
        subscriptions.on(
            [
                Heard(TicketOpened.self) { Told($0, $0.data.ticket.ticketId, $0.data.ticket, .opened) },
                Heard(TicketAssigned.self) { Told($0, $0.data.ticket.ticketId, $0.data.ticket, .changed) },
                Heard(TicketReplied.self) { Told($0, $0.data.ticket.ticketId, $0.data.ticket, .replied) },
                Heard(TicketBreached.self) { Told($0, $0.data.ticket.ticketId, $0.data.ticket, .breached) },
                Heard(TicketResolved.self) { Told($0, $0.data.ticket.ticketId, $0.data.ticket, .resolved) },
                Heard(TicketReopened.self) { Told($0, $0.data.ticket.ticketId, $0.data.ticket, .changed) },
                Heard(TicketChanged.self) { Told($0, $0.data.ticket.ticketId, $0.data.ticket, .changed) },
                Heard(SurveyAnswered.self) {
                    Told($0, $0.data.ticketId, nil, .answered(score: $0.data.score, comment: $0.data.comment))
                },
            ], know)
    }

    private static func know(_ told: [Told], _ transaction: Transaction) {
        for one in told {
            guard let state = one.state else {
                if case .answered(let score, let comment) = one.word {
                    transaction.enqueue(TicketRecoveryStore.answered, one.id, one.version, score, comment, one.at)
                }
                continue
            }
            // Whoever resolves has answered.
            var answeredAt: Date?
            switch one.word {
            case .replied, .resolved: answeredAt = one.at
            default: break
            }
            // The ids of tickets that open themselves follow from their shipments: they are of version 5.
            let isOfShipment = one.id.uuid.6 >> 4 == 5
            transaction.enqueue(
                TicketRecoveryStore.know, one.id, one.version, state.partyId, state.type, state.priority, state.status,
                state.subject, state.orderId, isOfShipment ? "shipment" : "api", one.at, answeredAt,
                transaction.isOfLaterLife(one.epoch))
            switch one.word {
            case .resolved: transaction.enqueue(TicketRecoveryStore.resolved, one.id, one.version, one.at)
            case .breached: transaction.enqueue(TicketRecoveryStore.breached, one.id, one.at)
            default: break
            }
        }
    }
}
