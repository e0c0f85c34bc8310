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
            // A page behind a session looks for it itself; a test of the console asks for each without one.
            open += service.parts.routes.filter { $0.right == nil && $0.access != .link("session") }
                .map { "\($0.method.rawValue) \($0.path)" }
        }
        #expect(
            open.sorted() == [
                "GET /.well-known/jwks.json", "GET /assets/{name}", "GET /preferences/{token}", "GET /sign-in",
                "GET /sign-in/code", "GET /sign-in/elsewhere", "GET /sign-in/elsewhere/back", "GET /surveys/{token}",
                "GET /welcome/{link}", "POST /language",
                "POST /preferences/{token}", "POST /sign-in", "POST /sign-in/code", "POST /sign-in/passkey",
                "POST /sign-in/passkey/question", "POST /sign-out", "POST /surveys/{token}", "POST /v1/sign-in",
                "POST /v1/tokens", "POST /welcome/{link}",
            ])
    }
}
