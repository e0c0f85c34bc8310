import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

extension TeamState {
    /// Its fields.
    static let record = Record<TeamState>(
        "team", id: \.teamId, blank: { TeamState(teamId: $0) },
        [
            .needed("name", \.name, .text()), .optional("parentId", \.parentId), .optional("leaderId", \.leaderId),
            .needed("status", \.status, .word(Directory.statuses), required: false),
        ])

    /// How they are kept.
    static let kept = Kept<TeamState, TeamChanged>(
        record: record, resource: .teams, blank: { TeamState(teamId: $0) }, id: { $0.teamId },
        tell: { TeamChanged(team: $0) }, told: { $0.team },
        check: { new, old, transaction in
            if let leader = new.leaderId, leader != old?.leaderId,
                try await transaction.rows(TeamStore.leader, leader).isEmpty
            {
                throw Directory.unknown("leaderId", "a person")
            }
            guard let parent = new.parentId, parent != old?.parentId else { return }
            transaction.enqueue(TreeStore.lock)
            guard try await !transaction.rows(TeamStore.exists, parent).isEmpty else {
                throw Directory.unknown("parentId", "a team")
            }
            if try await transaction.rows(TeamStore.loop, new.teamId, parent).first == true {
                throw Problem(status: 422, detail: "The team would be a part of itself.")
            }
        }, page: Kept<TeamState, TeamChanged>.page(record))
}

extension Resource {
    /// Teams over HTTP.
    static let teams = Resource(TeamState.record, at: "/v1/teams")
}
