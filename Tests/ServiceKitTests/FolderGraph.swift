/// Which folder of a service uses which: a folder is a capability, and two that use each other are one.
struct FolderGraph {
    /// A use, by its file and the name.
    private var uses: [String: [String: String]] = [:]

    /// - Parameter sources: texts by their path within the service. Files outside of folders stand for the service itself.
    init(_ service: String, _ sources: [String: String]) {
        func folder(_ path: String) -> String {
            path.contains("/") ? String(path.prefix { $0 != "/" }) : "\(service)Service"
        }
        let words = sources.mapValues { SourceWords($0) }
        var homes: [String: Set<String>] = [:]
        for (path, file) in words { for name in file.declared { homes[name, default: []].insert(folder(path)) } }
        for (path, file) in words.sorted(by: { $0.key < $1.key }) {
            let from = folder(path)
            for name in file.used.sorted() {
                // Of a name that several folders have, nobody knows here which is meant.
                guard let home = homes[name], home.count == 1, let to = home.first, to != from else { continue }
                let use = "\(path.split(separator: "/").last ?? "") uses \(name)"
                if uses[from]?[to] == nil { uses[from, default: [:]][to] = use }
            }
        }
    }

    /// Each cycle, the shortest first, told as the way around: `Parties -> Search (PartyStore.swift uses PartySearch) -> Parties (…)`.
    var cycles: [String] {
        var told: Set<Set<String>> = []
        return uses.keys.sorted().compactMap { start in
            guard let way = wayAround(start), told.insert(Set(way)).inserted else { return nil }
            return zip(way, way.dropFirst() + [start]).reduce(start) { text, step in
                "\(text) -> \(step.1) (\(uses[step.0]?[step.1] ?? ""))"
            }
        }.sorted { $0.count < $1.count }
    }

    /// The folders on the shortest way from one back to itself.
    private func wayAround(_ start: String) -> [String]? {
        var ways = [[start]]
        var seen: Set<String> = []
        while !ways.isEmpty {
            let way = ways.removeFirst()
            for next in (uses[way.last ?? start] ?? [:]).keys.sorted() {
                if next == start { return way }
                if seen.insert(next).inserted { ways.append(way + [next]) }
            }
        }
        return nil
    }
}
