import EventLoop
import FoundationEssentials
import ServiceKit
import TestKit
import Testing

@Suite struct LinterTests {
    @Test(.timeLimit(.minutes(5))) @Loop func lintersAndSchemasFindNothing() async throws {
        let checked = try await DeployFiles.run("check", within: .seconds(240))
        guard checked.status != 75 else { return print("skipped: \(checked.said.suffix(300))") }
        #expect(checked.status == 0, "\(checked.said)")
    }

    @Test func everyServiceOfThePackageIsAmongThese() throws {
        let folder = TestPaths.package + "/Services"
        let services = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            access("\(folder)/\($0)/\($0)Service.swift", R_OK) == 0
        }
        #expect(Set(services.map { $0.lowercased() }) == Set(UnitFile.services))
        #expect(DeclaredSettings.services.map { $0.name } == UnitFile.services)
    }
}
