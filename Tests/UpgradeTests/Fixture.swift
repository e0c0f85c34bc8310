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

/// The schema of one service as an earlier version left it; `Tests/Fixtures/README.md` says how they are made.
struct Fixture: Sendable, CustomTestStringConvertible {
    /// The version's folder, its date.
    let version: String
    /// The service as it is now.
    let definition: any ServiceDefinition.Type

    var testDescription: String { "\(definition.name) of \(version)" }

    private static let folder = TestPaths.package + "/Tests/Fixtures/databases"
    private static let definitions: [any ServiceDefinition.Type] = [
        ContactsService.self, SalesService.self, CampaignsService.self, TicketsService.self, NotificationsService.self,
    ]

    /// All services of all versions that are kept.
    static let all: [Fixture] = {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return versions.sorted().flatMap { version in definitions.map { Fixture(version: version, definition: $0) } }
    }()

    private var path: String { "\(Self.folder)/\(version)/\(definition.name)" }

    /// Makes a database of it and gives its address.
    @Loop func restored() async throws -> String {
        let url = try await TestDatabase.make(definition.name)
        try await TestDatabase.run(path + ".sql", on: url)
        return url
    }

    /// What the version answered, by path.
    func answers() throws -> [String: ShownJSON] {
        try JSONDecoder().decode([String: ShownJSON].self, from: Data(contentsOf: URL(filePath: path + ".json")))
    }
}
