import Messaging
import ServiceKit

extension Capability {
    /// Files of people, taken in row by row.
    static let imports = Capability(
        "import", "files of people, taken in row by row",
        migrations: [
            SearchSchema.imports, SearchSchema.importNotes, SearchSchema.additions, SearchSchema.importDigests,
            SearchSchema.importCallers,
        ],
        statements: ImportStore.statements + ImportAdditionStore.statements,
        standings: [
            .own("party_import"), .own("import_chunk"), .own("import_error"), .own("import_row"),
            .own("import_addition"),
        ]
    ) { context in
        let worker = ImportWorker(context)
        return CapabilityParts(
            routes: importRoutes(context, worker, try ImportQuota(context.settings)),
            background: [{ await worker.run() }])
    }
}
