import EventLoop
import Messaging
import Postgres

/// The server's view of its sessions: what `SessionWatch` sees and does.
extension SimulatedStore {
    func watch(_ name: String, _ value: Arguments, _ session: ServerSession) throws -> [AnswerRow] {
        switch name {
        case "session.look", "session.look_by_age":
            let isByAge = name != "session.look"
            let standing = sessions.values.filter { one in
                guard one.id != session.id, holds(one) else { return false }
                return isByAge ? Loop.now - (one.transaction?.begin ?? Loop.now) > .seconds(5) : !one.isWorking
            }
            return standing.sorted { $0.id < $1.id }.map { one -> AnswerRow in
                one.noteLook(of: session.network.process)
                return [one.id, one.name, "\(one.statements)", "locks", waiting(for: one)]
            }
        case "session.end", "session.end_alone", "session.end_by_age":
            let (pid, token): (Int, String) = (try value(0), try value(1))
            guard let one = sessions[pid] else { return [] }
            let stands = "\(one.statements)" == token && !one.isWorking
            guard stands || name == "session.end_by_age" else { return [] }
            let queued = name == "session.end" ? queued(with: one) : []
            if let objection = one.objection(to: session.network.process) ?? objection(to: queued, with: one) {
                violation = "TA2: the session \(one.id) of process \(one.network.process) was ended though \(objection)"
            }
            return ([one] + queued).map { each -> AnswerRow in
                trace?("the session \(each.id) of process \(each.network.process) is ended")
                each.end()
                return [each.id, each.name, "\(each.lastHeard)", true]
            }
        default: throw unknown(name)
        }
    }

    private func holds(_ session: ServerSession) -> Bool {
        session.transaction != nil || hasAdvisoryLocks(session.id)
    }

    private func waiting(for session: ServerSession) -> String {
        guard let transaction = session.transaction else { return "" }
        return sessions.values.filter { $0.transaction?.waitsFor == transaction.id }.map(\.name).sorted()
            .joined(separator: ", ")
    }

    /// What waits for locks in the process of a session that stands, where nothing comes from all of it.
    private func queued(with one: ServerSession) -> [ServerSession] {
        let process = sessions.values.filter { $0.processName == one.processName }
        guard process.allSatisfy({ Loop.now - $0.lastHeard > .seconds(2) }) else { return [] }
        return process.filter { $0 !== one && $0.isQueued }.sorted { $0.id < $1.id }
    }

    /// Why what waits may not be ended with a session that stands: its process is there, whatever has become of that one connection.
    private func objection(to queued: [ServerSession], with one: ServerSession) -> String? {
        guard let first = queued.first, first.network.isThere else { return nil }
        let isHeard = sessions.values.contains {
            $0.network === first.network && !$0.isCutOff && Loop.now - $0.lastHeard < .seconds(1.5)
        }
        return isHeard ? "its process was there, in which \(queued.map(\.id)) waited for locks" : nil
    }
}
