import EventLoop
import FoundationEssentials
import HTTP
import Postgres

/// A request that is at work in this task, as far as the audit is concerned. Each transaction in which a command of it commits writes one
/// entry, unless it has written a closer one itself.
@Loop
final class AuditScope {
    /// The one of this task; nil where nothing is written down.
    @TaskLocal static var current: AuditScope?
    /// The id of what was made, once that is known.
    var made: String?
    /// Whether an entry was written in any transaction.
    private(set) var isWritten = false
    private let request: Request
    private let name: AuditName

    init(_ request: Request, _ name: AuditName) {
        self.request = request
        self.name = name
    }

    /// Who asks.
    var actor: AuditActor {
        AuditActor(id: request.principal.id, name: request.principal.name, address: request.peerAddress)
    }

    /// Writes the entry, in the transaction of what it tells of.
    func write(in transaction: Transaction) {
        isWritten = true
        guard !transaction.shared(AuditMark.init).isWritten else { return }
        let id = name.id.map { request.path($0) } ?? made
        Audit.write(AuditEntry(name.action, name.subject(id), members: request.saidMembers), in: transaction)
    }
}

/// Whether a transaction has written an entry.
@Loop
final class AuditMark {
    var isWritten = false
}

extension Route {
    /// The same operation, which writes down what it does: in the transaction in which it does it, or where it has none of its own, or only
    /// looks, in one before it answers.
    @Loop
    func audited(_ context: ServiceContext) -> Route {
        guard let name = AuditName(self) else { return self }
        return with { request in
            let scope = AuditScope(request, name)
            let response = try await AuditScope.$current.withValue(scope) { try await handler(request) }
            if !scope.isWritten, response.status.rawValue < 400 {
                try await context.transaction { scope.write(in: $0) }
            }
            return response
        }
    }

    /// The same operation for others, or answered otherwise.
    public func with(access: Access? = nil, _ other: Handler? = nil) -> Route {
        let route = Route(
            method, path, summary, tag: tag, access: access ?? self.access, parameters: parameters, body: body,
            takes: takes, gives: answers[0], or: Array(answers.dropFirst()), refuses: refusals,
            handler: other ?? handler)
        return isNoted ? route.noted() : route
    }
}
