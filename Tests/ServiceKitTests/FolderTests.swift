import Testing

@Suite struct FolderTests {
    @Test func thereAreServices() { #expect(ServiceSources.all.count >= 5) }

    @Test(arguments: ServiceSources.all)
    func noFolderOfAServiceUsesOneThatUsesIt(_ service: ServiceSources) throws {
        #expect(service.texts.count > 10)
        let cycles = FolderGraph(service.name, service.texts).cycles
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
