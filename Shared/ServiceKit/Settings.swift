import FoundationEssentials

/// One setting: its name in the environment and in files, and what it means.
public struct Setting<Value: Sendable>: Sendable {
    let name: String
    let help: String
    let isSecret: Bool
    let fallback: Value?
    let read: @Sendable (String) -> Value?

    /// Declares a setting; without a default it must be given. `read` answers nil for what it does not understand.
    public init(
        _ name: String, default fallback: Value? = nil, isSecret: Bool = false, help: String,
        read: @escaping @Sendable (String) -> Value?
    ) {
        self.name = name
        self.help = help
        self.isSecret = isSecret
        self.fallback = fallback
        self.read = read
    }
}

extension Setting where Value: LosslessStringConvertible {
    /// Declares a setting that is read in the type's own way.
    public init(_ name: String, default fallback: Value? = nil, isSecret: Bool = false, help: String) {
        self.init(name, default: fallback, isSecret: isSecret, help: help) { Value($0) }
    }
}

/// The settings of a process: defaults, then the file that `RAPPORT_SETTINGS` names (`NAME=value` lines), then the environment.
public final class Settings {
    private let given: [String: String]
    private var used: [(name: String, value: String, isDefault: Bool, help: String)] = []

    /// Reads the process's own sources.
    public convenience init() throws {
        let environment = ProcessInfo.processInfo.environment
        var given: [String: String] = [:]
        if let path = environment["RAPPORT_SETTINGS"] {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw SettingError(name: "RAPPORT_SETTINGS", problem: "the file \(path) cannot be read")
            }
            given = Self.lines(of: String(decoding: data, as: UTF8.self))
        }
        self.init(given.merging(environment) { _, new in new })
    }

    /// `NAME=value` lines; what begins with `#` is a comment. By code points: a value may begin with a mark that joins the sign before it.
    static func lines(of text: String) -> [String: String] {
        var given: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline).map(\.unicodeScalars) {
            guard line.first != "#", let equals = line.firstIndex(of: "=") else { continue }
            given[String(line[..<equals])] = String(line[line.index(after: equals)...])
        }
        return given
    }

    /// Takes settings as they are given: for tests.
    public init(_ given: [String: String]) { self.given = given }

    /// The value of a setting; throws an error that names it when it is missing or not understood.
    public func value<T>(_ setting: Setting<T>) throws -> T {
        guard let value = try optional(setting) else {
            throw SettingError(name: setting.name, problem: "is not set; it is \(setting.help)")
        }
        return value
    }

    /// The value of a setting that may be absent.
    public func optional<T>(_ setting: Setting<T>) throws -> T? {
        let text = given[setting.name].flatMap { $0.isEmpty ? nil : $0 }
        guard let text else {
            note(setting, setting.fallback.map { "\($0)" } ?? "", isDefault: true)
            return setting.fallback
        }
        guard let value = setting.read(text) else {
            let shown = setting.isSecret ? "the value given" : "\"\(text)\""
            throw SettingError(name: setting.name, problem: "does not take \(shown); it is \(setting.help)")
        }
        note(setting, text, isDefault: false)
        return value
    }

    private func note<T>(_ setting: Setting<T>, _ value: String, isDefault: Bool) {
        guard !used.contains(where: { $0.name == setting.name }) else { return }
        let shown = setting.isSecret && !value.isEmpty ? "(secret)" : value
        used.append((setting.name, shown, isDefault, setting.help))
    }

    /// What was asked for so far.
    var asked: [(name: String, value: String, isDefault: Bool, help: String)] { used }

    /// All of it, for what is passed through to a library.
    public var all: [String: String] { given }

    /// The settings asked for so far and their values, secrets hidden: a line each.
    public var description: String {
        used.map { "\($0.name)=\($0.value)\($0.isDefault ? "  (default)" : "")  # \($0.help)" }.joined(separator: "\n")
    }
}

/// A setting that is missing or not understood.
public struct SettingError: Error, CustomStringConvertible {
    /// The setting.
    public let name: String
    /// What is wrong with it.
    public let problem: String
    /// For people.
    public var description: String { "\(name) \(problem)" }
}
