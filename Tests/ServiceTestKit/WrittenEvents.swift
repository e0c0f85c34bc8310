import CRMModel
import EventLoop

extension TestService {
    /// What of the events in the outbox does not fit its type; SQL writes many of them, which no compiler looks at. What has no data any
    /// more is passed over.
    public func faultsOfEvents() async throws -> [String] {
        let rows = try await column(
            "SELECT type || E'\t' || topic || E'\t' || payload FROM outbox WHERE payload IS NOT NULL ORDER BY id")
        return rows.compactMap { row in
            let parts = row.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            let type = parts[0].split(separator: ".").dropLast().joined(separator: ".")
            guard let contract = EventContract.named(type), contract.versionedType == parts[0] else {
                return "\(parts[0]) is in no contract"
            }
            guard contract.topics.contains(where: { $0.name == parts[1] }) else {
                return "\(parts[0]) is told on \(parts[1])"
            }
            do {
                try contract.check(Array(parts[2].utf8))
                return nil
            } catch {
                return "\(parts[0]): \(error)"
            }
        }
    }
}
