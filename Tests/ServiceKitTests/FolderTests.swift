import FoundationEssentials
import Testing

@Suite struct FolderTests {
    private static let services = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../../Services"
    ).standardizedFileURL

    /// The services that are made of capabilities.
    private static var names: [String] {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: services.path)) ?? []
        return folders.sorted().filter { name in
            FileManager.default.fileExists(atPath: services.appending(path: "\(name)/\(name)Service.swift").path)
        }
    }

    @Test func thereAreServices() { #expect(Self.names.count >= 5, "\(Self.names)") }

    @Test(arguments: names)
    func noFolderOfAServiceUsesOneThatUsesIt(_ service: String) throws {
        let folder = Self.services.appending(path: service)
        var sources: [String: String] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        where path.hasSuffix(".swift") && !path.hasPrefix("Main/") {
            sources[path] = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
        }
        #expect(sources.count > 10)
        let cycles = FolderGraph(service, sources).cycles
        #expect(
            cycles.isEmpty,
            """
            Move what is used to where it belongs:
            \(cycles.joined(separator: "\n"))
            """)
    }

    @Test func aCycleIsToldByFilesAndNames() {
        let sources = [
            "Parties/PartyStore.swift": "enum PartyStore { static let near = PartySearch.near }",
            "Search/PartySearch.swift": "/// Not StageStore.\nenum PartySearch {}\nprivate enum Hidden {}",
            "Search/SearchRoutes.swift": #"@Loop\#nfunc searchRoutes() -> String { "\(stages.count) StageStore" }"#,
            "Stage/StageStore.swift": "enum StageStore {}\nlet stages = [PartyStore.near, Hidden.x]",
            "Lists/PartyList.swift": "struct PartyList { let stages: Int; struct PartySearch {} }",
        ]
        #expect(
            FolderGraph("Test", sources).cycles == [
                "Parties -> Search (PartyStore.swift uses PartySearch) -> Stage (SearchRoutes.swift uses stages) "
                    + "-> Parties (StageStore.swift uses PartyStore)"
            ])
    }

    @Test func theServiceItselfMayUseAllAndIsUsedByNone() {
        var sources = [
            "TestService.swift": "enum TestService { let all = leads }", "Leads/Lead.swift": "let leads = 1",
        ]
        #expect(FolderGraph("Test", sources).cycles.isEmpty)
        sources["Leads/LeadStore.swift"] = #"let text = "\(TestService.name)""#
        #expect(
            FolderGraph("Test", sources).cycles == [
                "Leads -> TestService (LeadStore.swift uses TestService) -> Leads (TestService.swift uses leads)"
            ])
    }
}
