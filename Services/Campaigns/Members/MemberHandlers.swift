import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// What campaigns does with parties and their consent.
@Loop
enum MemberHandlers {
    static func partiesCreated(_ events: [Received<PartyCreated>], _ transaction: Transaction) async throws {
        upsert(events.map(\.data.party), transaction)
    }

    static func partiesChanged(_ events: [Received<PartyChanged>], _ transaction: Transaction) async throws {
        upsert(events.map(\.data.party), transaction)
    }

    static func consentsChanged(_ events: [Received<ConsentChanged>], _ transaction: Transaction) async throws {
        decide(events.map(\.data), transaction)
    }

    /// The last state of a party wins; rows in order of id, so that two processes never wait for each other in a circle.
    static func upsert(_ parties: [PartyState], _ transaction: Transaction) {
        var latest: [UUID: PartyState] = [:]
        for party in parties { latest[party.partyId] = party }
        let list = latest.values.sorted { $0.partyId < $1.partyId }
        transaction.enqueue(
            MemberStore.upsert, list.map(\.partyId), list.map(\.name), list.map(\.email), list.map(\.language))
    }

    /// Only marketing by mail matters here.
    static func decide(_ decisions: [ConsentChanged], _ transaction: Transaction) {
        var latest: [UUID: Bool] = [:]
        for decision in decisions where decision.channel == "mail" && decision.purpose == "marketing" {
            latest[decision.partyId] = decision.granted
        }
        guard !latest.isEmpty else { return }
        let list = latest.sorted { $0.key < $1.key }
        transaction.enqueue(MemberStore.consent, list.map(\.key), list.map(\.value))
    }
}
