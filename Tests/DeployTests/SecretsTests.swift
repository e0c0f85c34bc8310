import EventLoop
import TestKit
import Testing

@Suite struct SecretsTests {
    @Test @Loop func whatIsThereStaysAndWhatIsMissingIsDrawnToFit() async throws {
        let secrets = try await MadeSecrets.make("db.example")
        defer { secrets.remove() }
        let (contacts, sales) = (secrets.settings(of: "contacts"), secrets.settings(of: "sales"))
        TestPaths.remove(secrets.folder + "/sales")
        _ = try await MadeSecrets.make("db.example", in: secrets.folder)
        #expect(secrets.settings(of: "contacts") == contacts)
        let again = secrets.settings(of: "sales")
        #expect(again["API_TOKEN"] == sales["API_TOKEN"] && again["DATABASE_URL"] != sales["DATABASE_URL"])
    }
}
