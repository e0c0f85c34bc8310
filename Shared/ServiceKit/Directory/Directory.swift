import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

extension Capability {
    /// Who is of the firm, as the console tells, and the keys by which their tokens are checked.
    public static let directory = Capability(
        "directory", "who is of the firm, and the keys by which their tokens are checked",
        migrations: [DirectoryStore.migration], statements: DirectoryStore.statements,
        standings: [.assertion("directory_person"), .assertion("directory_key")]
    ) { context in
        let tokens = context.shared(PersonTokens.init)
        let looking = SteadyWork(context.log, every: .seconds(2), failing: "who has left is not known")
        return CapabilityParts(
            background: [
                {
                    await looking.run {
                        try await tokens.look()
                        return false
                    }
                }
            ],
            listen: {
                $0.on(PersonChanged.self) { told, transaction in
                    for person in told.map(\.data.person) {
                        transaction.enqueue(
                            DirectoryStore.keep, person.personId, person.name, person.email, person.externalId,
                            person.status == "ended")
                    }
                }
                $0.on(SigningKeysChanged.self) { told, transaction in
                    guard let last = told.last else { return }
                    transaction.enqueue(DirectoryStore.keepKeys, try ModelJSON.text(WebKeys(keys: last.data.keys)))
                }
            },
            orphans: { source, keys, transaction in
                guard source == "/console" else { return }
                transaction.enqueue(DirectoryStore.end, keys.compactMap { UUID(text: $0) })
            })
    }
}
