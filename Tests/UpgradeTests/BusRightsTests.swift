import CRMModel
import Campaigns
import Console
import Contacts
import EventLoop
import Messaging
import Notifications
import Sales
import ServiceKit
import ServiceTestKit
import Testing
import Tickets

/// The table of rights on the bus, beside what the services hear and tell.
@Suite struct BusRightsTests {
    private let services: [any ServiceDefinition.Type] = [
        ContactsService.self, SalesService.self, CampaignsService.self, TicketsService.self, NotificationsService.self,
        ConsoleService.self,
    ]

    @Test @Loop func aServiceMayReadWhatItHearsAndWriteWhatItTells() async throws {
        #expect(BusUser.services.map(\.name).sorted() == services.map { $0.name }.sorted())
        for definition in services {
            let user = try #require(BusUser.services.first { $0.name == definition.name })
            let service = try await TestService(definition)
            defer { service.close() }
            let heard = Set(service.parts.subscriptions.topics)
            #expect(Set(user.reads + user.writes).isSuperset(of: heard), "\(user.name) cannot read what it hears")
            #expect(Set(user.reads).isSubset(of: heard), "\(user.name) may read what it does not hear")
            let told = EventContract.all.filter { $0.senders.contains(definition.name) }.flatMap(\.topics)
            // An erasure ends a customer whom the ERP tells of: not an event of ours.
            let ends: [Topic] = definition.name == "contacts" ? [.erpCustomers] : []
            let own = Set(told + ends + [definition.topic, .subjectKeys, .sources])
            #expect(Set(user.writes) == own, "\(user.name) writes \(own.map(\.name).sorted())")
        }
    }

    @Test func theOwnerOfATopicWritesItAndOfOthersNobodyDoes() {
        for topic in Topic.all {
            let writers = BusUser.services.filter { $0.writes.contains(topic) }.map(\.name)
            if BusUser.services.contains(where: { $0.name == topic.owner }) {
                #expect(writers == [topic.owner], "\(topic.name)")
            } else if Topic.isOutside(topic.name) {
                #expect(writers.isEmpty || writers == ["contacts"], "\(topic.name)")
            }
        }
    }
}
