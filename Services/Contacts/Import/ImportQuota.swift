import EventLoop
import HTTP
import ServiceKit

/// What imports that are not worked off may come to: of one key or person, and of all. They lie in the database, and each is looked at in its
/// turn, so that whoever brings without end would fill the one and slow down the others.
struct ImportQuota: Sendable {
    /// Imports of one caller.
    let each: Int
    /// Bytes of one caller.
    let bytesEach: Int
    /// Bytes of all.
    let bytes: Int
    /// Imports of all: those of twenty callers who have all theirs.
    var all: Int { each * 20 }

    /// Reads the settings of a process.
    init(_ settings: Settings) throws {
        each = try Self.read("IMPORT_LIMIT_EACH", 20, "imports of one key or person that are not worked off", settings)
        bytesEach =
            try Self.read("IMPORT_LIMIT_EACH_MB", 2048, "megabytes that these may still have to be read", settings)
            << 20
        bytes = try Self.read("IMPORT_LIMIT_MB", 8192, "the same of all together", settings) << 20
    }

    private static func read(_ name: String, _ fallback: Int, _ help: String, _ settings: Settings) throws -> Int {
        try settings.value(
            Setting<Int>(name, default: fallback, help: help) {
                Int($0).flatMap { (1...1_000_000).contains($0) ? $0 : nil }
            })
    }

    /// Throws a 429 where an import that has begun is too much. Programs of this machine and administrators have what all have.
    @Loop
    func check(_ principal: Principal, _ context: ServiceContext) async throws {
        guard
            let (own, ownBytes, all, allBytes) = try await context.rows(ImportStore.waiting, principal.id).first
        else { return }
        if principal.keepsOwnKeys {
            if own > each { throw Self.refusal("\(own - 1) imports of \(principal.name) wait") }
            if ownBytes > bytesEach {
                throw Self.refusal("\(ownBytes >> 20) MB of imports of \(principal.name) wait")
            }
        }
        if all > self.all { throw Self.refusal("\(all - 1) imports wait") }
        if allBytes > bytes { throw Self.refusal("\(allBytes >> 20) MB of imports wait") }
    }

    private static func refusal(_ what: String) -> Problem {
        Problem(
            status: .tooManyRequests, detail: "\(what) to be worked off; no more are taken before some have ended.",
            headers: ["retry-after": "30"])
    }
}
