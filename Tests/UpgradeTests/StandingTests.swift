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

@Suite struct StandingTests {
    private static let services: [any ServiceDefinition.Type] = [
        ContactsService.self, SalesService.self, CampaignsService.self, TicketsService.self, NotificationsService.self,
        ConsoleService.self,
    ]

    /// What a table is in another life is said of each, once, by whoever has it: forgotten, it would be lost or stay for ever in silence.
    @Test(arguments: 0..<6) @Loop func eachTableHasAStanding(_ place: Int) async throws {
        let definition = Self.services[place]
        let service = try await TestService(definition)
        defer { service.close() }
        let tables = try await service.column(
            """
            SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
            ORDER BY 1
            """)
        let known = definition.standings.map(\.table)
        let missing = Set(tables).subtracting(known).subtracting(["schema_migration"])
        #expect(missing.isEmpty, "\(definition.name): say in a capability's standings what \(missing.sorted()) are")
        let unknown = Set(known).subtracting(tables)
        #expect(unknown.isEmpty, "\(definition.name) has no tables \(unknown.sorted())")
        let twice = Set(known.filter { name in known.count(where: { $0 == name }) > 1 })
        #expect(twice.isEmpty, "\(definition.name) says twice what \(twice.sorted()) are")
    }
}
