import Messaging
import Postgres
import ServiceKit

extension Capability {
    /// The classes of customers, told when they change.
    static let classes = Capability(
        "classes", "the classes of customers, told when they change",
        migrations: [
            Migration(
                "m202611301918_party_classes",
                """
                -- The classes of customers as they were told last.
                CREATE TABLE party_class (party_id uuid PRIMARY KEY, form text NOT NULL) WITH (fillfactor = 80);
                """)
        ], statements: [ClassStore.tell], standings: [.own("party_class")]
    ) { context in
        let teller = ClassTeller(context)
        return CapabilityParts(background: [{ await teller.run() }])
    }
}
