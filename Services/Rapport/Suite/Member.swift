import CRMModel

/// One process of a service on this machine: the first has the service's own name, the others a number behind it.
package struct Member: Hashable, Sendable {
    /// `contacts`.
    package let service: String
    /// From 1 on.
    package let number: Int

    /// Names a process of a service.
    package init(_ service: String, _ number: Int) {
        self.service = service
        self.number = number
    }

    /// Reads a name; nil where no service has such a process.
    init?(_ name: String) {
        let parts = name.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let service = parts.first, Services.names.contains(service) else { return nil }
        guard parts.count == 2 else {
            self.init(service, 1)
            return
        }
        guard let number = Int(parts[1]), number > 1, "\(number)" == parts[1] else { return nil }
        self.init(service, number)
    }

    /// `contacts`, and the second `contacts-2`: its name in commands, state and logs.
    package var name: String { number == 1 ? service : "\(service)-\(number)" }

    /// How many processes a service may have: a topic has as many partitions, and a further one would read nothing.
    static let limit = Topic.partitions
}

extension SuiteState {
    /// The processes that a service is to have.
    package func members(of service: String) -> [Member] {
        (1...(counts?[service] ?? 1)).map { Member(service, $0) }
    }

    /// Those that a service is no more to have, and that were not stopped yet, the last first.
    func others(of service: String) -> [Member] {
        let count = members(of: service).count
        return programs.keys.compactMap { Member($0) }
            .filter { $0.service == service && $0.number > count }.sorted { $0.number > $1.number }
    }

    /// Those of a service that run, the first first; where none does, those that it is to have.
    func living(of service: String) -> [Member] {
        let known = programs.keys.compactMap { Member($0) }.filter { $0.service == service }
        let living = known.filter { programs[$0.name]?.mark?.isAlive == true }.sorted { $0.number < $1.number }
        return living.isEmpty ? members(of: service) : living
    }
}
