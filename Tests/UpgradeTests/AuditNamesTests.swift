import Campaigns
import Console
import Contacts
import EventLoop
import HTTP
import Notifications
import Sales
import ServiceTestKit
import Testing
import Tickets

@testable import ServiceKit

/// What deeds are called in the audit, held against all routes.
@Suite struct AuditNamesTests {
    private static let services: [any ServiceDefinition.Type] = [
        ContactsService.self, SalesService.self, CampaignsService.self, TicketsService.self, NotificationsService.self,
        ConsoleService.self,
    ]

    @Test(arguments: services.indices) @Loop func everyChangeHasANameOfItsOwn(_ place: Int) async throws {
        let definition = Self.services[place]
        #expect(definition.capabilities.contains { $0.name == "audit" })
        let service = try await TestService(definition)
        defer { service.close() }
        var names: [String: Set<String>] = [:]
        for route in service.parts.routes {
            guard let name = AuditName(route) else {
                // Only pages, which write down what they do by themselves, and what is open to all.
                let isLook = route.method == .get
                #expect(isLook || route.right == nil, "\(route.method.rawValue) \(route.path) is written down nowhere")
                continue
            }
            let isName = name.action.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
                !part.isEmpty && part.utf8.allSatisfy { $0 == 0x2D || (0x61...0x7A).contains($0) }
            }
            #expect(isName && name.action.contains("."), "\(name.action)")
            // What a page and the API behind it do alike is called alike.
            names[name.action, default: []].insert("\(route.method.rawValue) \(route.path.trimmingPrefix("/v1"))")
        }
        let twice = names.filter { $0.value.count > 1 }.map {
            "\($0.key): \($0.value.sorted().joined(separator: ", "))"
        }
        #expect(twice.isEmpty, "\(twice.sorted().joined(separator: "\n"))")
    }
}
