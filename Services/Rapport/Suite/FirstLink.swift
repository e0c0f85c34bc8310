import EventLoop
import FoundationEssentials

/// The link by which the first administrator lets himself in; there is one as long as nobody is.
@Loop
struct FirstLink {
    private let suite: Suite

    init(_ suite: Suite) { self.suite = suite }

    /// Shows a new one; those of before are void. Nothing where an administrator has a password, or the console does not run.
    func show() async throws {
        let state = try suite.folder.readState()
        guard Services.built.contains("console"), let probe = try? ServiceProbe("console", state),
            let answer = try? await probe.post("/v1/first-link", [], within: .seconds(10)),
            let shown = try? JSONDecoder().decode(Shown.self, from: Data(answer))
        else { return }
        suite.terminal.line("nobody can sign in yet; the administrator chooses a password here, within a day:")
        suite.terminal.line("  \(shown.link)")
    }

    private struct Shown: Decodable { let link: String }
}
