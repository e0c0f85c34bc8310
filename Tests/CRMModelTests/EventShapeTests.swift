import Testing

@testable import CRMModel

/// The description of events says what their types read.
@Suite struct EventShapeTests {
    private func members(_ type: any EventData.Type) -> [String: DataShape.Member] {
        guard case .object(let members) = type.shape else { return [:] }
        return Dictionary(members.map { ($0.name, $0) }) { first, _ in first }
    }

    @Test func everyEventTellsItsMembers() {
        for contract in EventContract.all {
            guard case .object(let members) = contract.shape, !members.isEmpty else {
                Issue.record("\(contract.type): \(contract.shape)")
                continue
            }
            #expect(Set(members.map(\.name)).count == members.count, "\(contract.type)")
            #expect(!members.contains { $0.shape == .any }, "\(contract.type): \(members)")
        }
        #expect(Set(EventContract.all.map(\.type)).count == EventContract.all.count)
    }

    @Test func membersAreNeededAndTypedAsTheyAreRead() throws {
        let party = members(PartyCreated.self)
        #expect(party["partyId"] == .init("partyId", .text(format: "uuid")))
        #expect(party["name"] == .init("name", .text()))
        #expect(party["email"] == .init("email", .text(), needed: false))
        let request = members(MessageRequested.self)
        #expect(request["data"] == .init("data", .map(.text())))
        #expect(request["notBefore"] == .init("notBefore", .text(format: "date-time"), needed: false))
        let order = members(OrderRequested.self)
        guard case .list(.object(let line))? = order["lines"]?.shape else {
            Issue.record("\(order)")
            return
        }
        #expect(
            line.map(\.name) == [
                "sku", "name", "quantity", "unitPrice", "listPrice", "discountPercent", "taxPercent", "tax", "total",
            ])
        #expect(line.last?.shape == .text(format: "decimal"))
        #expect(members(ConsentChanged.self)["granted"]?.shape == .boolean)
        #expect(members(ValueChanged.self)["orders"]?.shape == .integer)
        // Within an event: a whole state under one name.
        guard case .object(let lead)? = members(LeadConverted.self)["lead"]?.shape else {
            Issue.record("no state of a lead")
            return
        }
        #expect(lead.contains(.init("phone", .text(), needed: false)))
    }

    @Test func whatIsSealedIsKnownAndTheOutsideIsNot() {
        let types = Set(EventContract.all.map(\.versionedType))
        #expect(PersonalEvents.types.isSubset(of: types))
        for contract in EventContract.all where contract.senders.isEmpty {
            #expect(!PersonalEvents.types.contains(contract.versionedType))
        }
        // The ERP must read what it is asked for.
        #expect(!PersonalEvents.types.contains(OrderRequested.versionedType))
    }
}
