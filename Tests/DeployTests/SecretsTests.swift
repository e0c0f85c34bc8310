import CRMModel
import EventLoop
import FoundationEssentials
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
        // Of an installation whose Broker asked nobody.
        let old = contacts.filter { !$0.key.hasPrefix("KAFKA_") }.map { "\($0.key)=\($0.value)\n" }.joined()
        try Data(old.utf8).write(to: URL(filePath: secrets.folder + "/contacts"))
        _ = try await MadeSecrets.make("db.example", in: secrets.folder)
        let added = secrets.settings(of: "contacts")
        #expect(added["DATABASE_URL"] == contacts["DATABASE_URL"] && added["KAFKA_SASL_USERNAME"] == "contacts")
        #expect(again["KAFKA_SASL_USERNAME"] == "sales" && again["KAFKA_SASL_PASSWORD"] != sales["KAFKA_SASL_PASSWORD"])
        let bus = TestPaths.contents(secrets.folder + "/bus").split(separator: "\n")
        #expect(bus.contains("sales:\(again["KAFKA_SASL_PASSWORD"] ?? "")") && bus.count == 7)
        #expect(again["API_TOKEN"] == sales["API_TOKEN"] && again["DATABASE_URL"] != sales["DATABASE_URL"])
    }

    /// The file beside the units is the table of the code: print(BusUser.rights) makes it anew.
    @Test func theRightsAreThoseOfTheTable() {
        let head =
            "# What each user of the Broker may do: user, operations, kind and name, parted by tabs. From the code; a test compares."
        let text = ([head] + BusUser.rights.map(\.line)).joined(separator: "\n") + "\n"
        #expect(DeployFiles.text("broker.rights") == text)
    }
}
