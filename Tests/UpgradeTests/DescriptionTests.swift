import Campaigns
import Console
import Contacts
import EventLoop
import FoundationEssentials
import HTTP
import Notifications
import Sales
import ServiceKit
import ServiceTestKit
import TestKit
import Testing
import Tickets

@Suite struct DescriptionTests {
    private let services: [(String, any ServiceDefinition.Type)] = [
        ("Contacts", ContactsService.self), ("Sales", SalesService.self), ("Campaigns", CampaignsService.self),
        ("Tickets", TicketsService.self), ("Notifications", NotificationsService.self),
        ("Console", ConsoleService.self),
    ]

    /// `rapport-x check --describe Services/X/README.md` writes them anew.
    @Test @Loop func theTablesOfEachReadMeAreThoseOfTheCode() throws {
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

    /// What anybody may ask for, without a token; each checks a signed link, a password or a session itself, or tells public keys.
    @Test @Loop func onlySignedLinksAndSigningInAreOpenToAnybody() async throws {
        var open: [String] = []
        for (_, definition) in services {
            let service = try await TestService(definition)
            defer { service.close() }
            open += service.parts.routes.filter { $0.right == nil }.map { "\($0.method.rawValue) \($0.path)" }
        }
        #expect(
            open.sorted() == [
                "GET /", "GET /.well-known/jwks.json", "GET /assets/{name}", "GET /me", "GET /people",
                "GET /people/{id}", "GET /preferences/{token}", "GET /roles", "GET /sign-in", "GET /sign-in/code",
                "GET /surveys/{token}", "GET /teams", "GET /welcome/{link}", "POST /language", "POST /me",
                "POST /me/code", "POST /me/code/offer", "POST /me/password", "POST /me/sessions/end", "POST /people",
                "POST /people/{id}/end", "POST /people/{id}/link", "POST /people/{id}/roles",
                "POST /preferences/{token}", "POST /sign-in", "POST /sign-in/code", "POST /sign-out",
                "POST /surveys/{token}", "POST /v1/sign-in", "POST /v1/tokens", "POST /welcome/{link}",
            ])
    }
}
