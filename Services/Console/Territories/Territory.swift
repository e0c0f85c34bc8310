import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

extension TerritoryState {
    /// Its fields.
    static let record = Record<TerritoryState>(
        "territory", id: \.territoryId, blank: { TerritoryState(territoryId: $0) },
        [
            .needed("name", \.name, .text()), .optional("parentId", \.parentId),
            .needed("status", \.status, .word(Directory.statuses), required: false),
        ])

    /// How they are kept.
    static let kept = Kept<TerritoryState, TerritoryChanged>(
        record: record, resource: .territories, blank: { TerritoryState(territoryId: $0) }, id: { $0.territoryId },
        tell: { TerritoryChanged(territory: $0) }, told: { $0.territory },
        check: { new, old, transaction in
            guard let parent = new.parentId, parent != old?.parentId else { return }
            transaction.enqueue(TreeStore.lock)
            guard try await !transaction.rows(TerritoryStore.exists, parent).isEmpty else {
                throw Directory.unknown("parentId", "a territory")
            }
            if try await transaction.rows(TerritoryStore.loop, new.territoryId, parent).first == true {
                throw Problem(status: 422, detail: "The territory would lie in itself.")
            }
        }, page: Kept<TerritoryState, TerritoryChanged>.page(record))
}

extension Resource {
    /// Territories over HTTP.
    static let territories = Resource(TerritoryState.record, at: "/v1/territories")
}
