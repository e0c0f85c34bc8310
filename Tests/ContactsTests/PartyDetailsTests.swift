import FoundationEssentials
import Testing

@testable import Contacts

@Suite struct PartyDetailsTests {
    /// Details are written by hand, and read as everything else.
    @Test func detailsAreWrittenAsTheyAreRead() throws {
        let text = "a\"b\\c\nd\u{1}\u{301}é王;"
        let full = PartyDetails(
            emails: [.init(address: "a@b.example", label: text), .init(address: "c@d.example")],
            phones: [.init(number: "+4930123456", label: text, extension: "12"), .init(number: "110")],
            addresses: [
                .init(label: text, street: text, city: "x", region: "y", postalCode: "0", country: "DE"), .init(),
            ],
            handles: [.init(network: text, handle: text)], likes: [text, ""], preferences: [text: text, "a": ""],
            organisation: text, title: text, taxId: text)
        for details in [full, PartyDetails(), PartyDetails(emails: [], likes: [], preferences: [:])] {
            #expect(
                try JSONDecoder().decode(PartyDetails.self, from: Data(details.json.utf8)) == details, "\(details.json)"
            )
        }
        #expect(PartyDetails().json == "{}")
    }
}
