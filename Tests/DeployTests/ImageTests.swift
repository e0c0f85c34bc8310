import EventLoop
import FoundationEssentials
import TestKit
import Testing

@Suite struct ImageTests {
    private static let programs = ["rapport", "rapport-broker"] + UnitFile.services.map { "rapport-\($0)" }

    /// The packages that a stage of the image file installs.
    private func packages(after stage: String) throws -> Set<String> {
        let text = DeployFiles.text("Containerfile").replacing("\\\n", with: " ")
        let lines = text.split(separator: "\n")
        let from = try #require(lines.firstIndex { $0.hasPrefix("FROM \(stage)") })
        let line = try #require(lines[from...].first { $0.contains("apt-get install") })
        let words = line.split(separator: " ")
        let begin = try #require(words.firstIndex(of: "--no-install-recommends"))
        return Set(words[(begin + 1)...].prefix { $0 != "&&" }.map(String.init))
    }

    /// The Debian packages that libraries of this machine are from.
    @Loop private func packages(of libraries: [String]) async throws -> Set<String> {
        // A package may know its files by their places before /lib became a part of /usr, or after.
        let places = libraries.flatMap { [$0, $0.hasPrefix("/usr/") ? String($0.dropFirst(4)) : "/usr" + $0] }
        let found = try await DeployFiles.run(program: "dpkg-query", ["-S"] + places)
        let lines = found.said.split(separator: "\n").filter { !$0.hasPrefix("dpkg-query:") }
        #expect(lines.count == libraries.count, "\(found.said)")
        return Set(lines.map { String($0.prefix { $0 != ":" }) })
    }

    @Test(.enabled(if: access("/usr/bin/dpkg-query", X_OK) == 0)) @Loop
    func theImageHasTheLibrariesThatProgramsNeed() async throws {
        var libraries: [String: String] = [:]
        var needed: Set<String> = []
        for name in Self.programs {
            let program = try TestPaths.program(name)
            let linked = try await DeployFiles.run(program: "ldd", [program])
            for line in linked.said.split(separator: "\n") where line.contains("=> /") {
                let words = line.split { $0 == " " || $0 == "\t" }
                libraries[String(words[0])] = String(words[2])
            }
            let direct = try await DeployFiles.run(program: "objdump", ["-p", program])
            needed.formUnion(
                direct.said.split(separator: "\n").compactMap { line in
                    let words = line.split(separator: " ")
                    return words.first == "NEEDED" ? words.last.map(String.init) : nil
                })
        }
        // Swift's own are linked into the programs of the image.
        let foreign = needed.filter { !$0.hasPrefix("libswift") && !$0.hasPrefix("libFoundation") }
        let packages = try await packages(of: foreign.compactMap { libraries[$0] })
        // What the libraries need themselves comes with their packages, and libc6 is there; Swift's own need libstdc++.
        let listed = try self.packages(after: "debian")
        #expect(
            packages.subtracting(["libc6"]).union(["libstdc++6"])
                == listed.subtracting(["ca-certificates", "curl", "tzdata"]))
    }

    @Test func theImageIsBuiltWithWhatMakeInstalls() throws {
        let script = DeployFiles.text("install-packages")
        let words = Set(script.split { " \n()".contains($0) }.map(String.init).filter { $0.hasSuffix("-dev") })
        let listed = try packages(after: "swift")
        #expect(listed.filter { $0.hasSuffix("-dev") } == words)
        let built = DeployFiles.text("Containerfile")
        for name in Self.programs { #expect(built.contains(" \(name)"), "\(name) is not built") }
    }
}
