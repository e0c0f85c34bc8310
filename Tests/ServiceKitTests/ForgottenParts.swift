/// What a service has and no capability names: routes, handlers, tables and SQL that are written and do nothing.
///
/// Read from the sources, for no compiler looks at it. A name that is used anywhere in the service counts as used.
struct ForgottenParts {
    /// A line each, by file.
    private(set) var found: [String] = []
    private let service: String
    private let files: [(path: String, tokens: SourceTokens)]
    /// `Type.member`.
    private var qualified: Set<String> = []
    /// Members of whatever.
    private var members: Set<String> = []
    /// How often each name is called, less how often it is declared.
    private var calls: [String: Int] = [:]
    /// What the service's own file names.
    private var listed: Set<String> = []

    /// - Parameter sources: texts by their path within the service.
    init(_ service: String, _ sources: [String: String]) {
        self.service = service
        files = sources.sorted { $0.key < $1.key }.map { ($0.key, SourceTokens($0.value)) }
        for (path, tokens) in files { note(path, tokens) }
        for (path, tokens) in files {
            for index in tokens.list.indices { look(index, tokens, path) }
        }
        lookForFolders()
    }

    private mutating func note(_ path: String, _ tokens: SourceTokens) {
        for (index, token) in tokens.list.enumerated() {
            if tokens[index + 1] == "(" { calls[token, default: 0] += tokens[index - 1] == "func" ? -1 : 1 }
            guard token == "." else { continue }
            let member = tokens[index + 1]
            let type = tokens[index - 1] == "Self" ? tokens.owners[index] : tokens[index - 1]
            qualified.insert("\(type).\(member)")
            members.insert(member)
            if path == "\(service)Service.swift" { listed.insert(member) }
        }
    }

    private mutating func look(_ index: Int, _ tokens: SourceTokens, _ path: String) {
        let owner = tokens.owners[index]
        switch (tokens[index], tokens[index + 1]) {
        case ("static", "let"): lookAtValue(tokens[index + 2], of: owner, index, tokens, path)
        case ("func", let name):
            if let arrow = tokens.place(of: "->", from: index, before: ["{"]), tokens[arrow + 1] == "[",
                tokens[arrow + 2] == "Route", calls[name, default: 0] < 0
            {
                found.append("\(path): \(name) makes routes that nobody asks for")
            }
            if owner.hasSuffix("Handlers"), !isUsed(name, of: owner, in: tokens) {
                found.append("\(path): \(owner).\(name) is nobody's handler")
            }
        default: break
        }
    }

    private mutating func lookAtValue(
        _ name: String, of owner: String, _ index: Int, _ tokens: SourceTokens, _ path: String
    ) {
        guard let equals = tokens.place(of: "=", from: index + 2, before: ["{", "static", "func"]) else { return }
        let isOfRecord = tokens[equals + 1] == "record" && tokens[equals + 2] == "."
        switch isOfRecord ? "Statement" : tokens[equals + 1] {
        case "Capability" where !listed.contains(name):
            found.append("\(path): \(name) is not in the list of \(service)Service")
        case "Migration" where !qualified.contains("\(owner).\(name)") && !isListed(name, in: tokens):
            found.append("\(path): \(owner).\(name) is no capability's migration")
        case "Statement", "Query":
            if !isListed(name, in: tokens), !qualified.contains("\(owner).\(name)") || isListing(tokens) {
                found.append("\(path): \(owner).\(name) is not among the statements")
            }
        default: break
        }
        if ["statements", "migrations"].contains(name), !qualified.contains("\(owner).\(name)") {
            found.append("\(path): \(owner).\(name) are no capability's")
        }
    }

    /// Whether a file has a list of its own statements.
    private func isListing(_ tokens: SourceTokens) -> Bool {
        tokens.list.indices.contains { tokens[$0] == "let" && tokens[$0 + 1] == "statements" }
    }

    /// Whether a name stands in a file's list of statements or migrations.
    private func isListed(_ name: String, in tokens: SourceTokens) -> Bool {
        tokens.list.indices.contains { index in
            guard tokens[index] == "let", ["statements", "migrations"].contains(tokens[index + 1]) else { return false }
            return tokens.place(of: name, from: index, before: ["static", "func", "}"]) != nil
        }
    }

    /// Whether somebody names a function of a type: by the type, of a value, or from within.
    private func isUsed(_ name: String, of owner: String, in tokens: SourceTokens) -> Bool {
        if qualified.contains("\(owner).\(name)") { return true }
        let isOfValues = files.contains { file in
            file.tokens.list.indices.contains { file.tokens[$0] == "struct" && file.tokens[$0 + 1] == owner }
        }
        if isOfValues, members.contains(name) { return true }
        return files.contains { file in
            file.tokens.list.indices.contains {
                file.tokens[$0] == name && file.tokens.owners[$0] == owner
                    && !["func", "."].contains(file.tokens[$0 - 1]) && file.tokens[$0 + 1] != ":"
            }
        }
    }

    /// A folder is a capability.
    private mutating func lookForFolders() {
        let folders = Set(files.filter { $0.path.contains("/") }.map { String($0.path.prefix { $0 != "/" }) })
        for folder in folders.subtracting(["Main", "Migrations"]).sorted() {
            let has = files.contains { file in
                file.path.hasPrefix(folder + "/")
                    && file.tokens.list.indices.contains {
                        file.tokens[$0] == "=" && file.tokens[$0 + 1] == "Capability"
                    }
            }
            if !has { found.append("\(folder) is no capability") }
        }
    }
}
