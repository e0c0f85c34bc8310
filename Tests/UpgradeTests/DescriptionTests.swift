import Campaigns
import Contacts
import EventLoop
import FoundationEssentials
import Notifications
import Sales
import ServiceKit
import TestKit
import Testing
import Tickets

@Suite struct DescriptionTests {
    /// `rapport-x check --describe Services/X/README.md` writes them anew.
    @Test @Loop func theTablesOfEachReadMeAreThoseOfTheCode() throws {
        let services: [(String, any ServiceDefinition.Type)] = [
            ("Contacts", ContactsService.self), ("Sales", SalesService.self), ("Campaigns", CampaignsService.self),
            ("Tickets", TicketsService.self), ("Notifications", NotificationsService.self),
        ]
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        for (name, definition) in services {
            let file = root.appending(path: "Services/\(name)/README.md")
            let text = try String(contentsOf: file, encoding: .utf8)
            let written = try ServiceDescription(definition).written(into: text)
            #expect(
                text == written,
                "run: rapport-\(name.lowercased()) check --describe Services/\(name)/README.md")
        }
    }
}
