import EventLoop
import FoundationEssentials
import HTTP

/// What a person does with a page, and sees of it.
extension Chromium {
    // MARK: Going and looking

    /// Opens an address, and waits until it is there.
    public func go(_ address: String) async throws {
        try await send(.post, "/url", ["url": address], as: Nothing?.self)
    }

    /// Where it is.
    public func address() async throws -> String { try await send(.get, "/url", nil, as: String.self) }

    /// Waits until it is at an address that ends so.
    public func arrive(at end: String) async throws {
        do {
            try await eventually("being at \(end)", within: .seconds(20)) { try await address().hasSuffix(end) }
        } catch let late as NotInTime {
            let text: String = try await run("return document.body.innerText.slice(0, 600)")
            throw ChromiumRefusal(description: "\(late); it is at \(try await address()): \(text)")
        }
    }

    /// The text of the first element that a selector finds; none where none is found.
    public func text(_ selector: String) async throws -> String {
        try await run("return document.querySelector(arguments[0])?.innerText ?? ''", selector)
    }

    /// How many elements a selector finds.
    public func count(_ selector: String) async throws -> Int {
        try await run("return document.querySelectorAll(arguments[0]).length", selector)
    }

    /// Runs a script in the page, whose arguments are texts, and gives what it returns.
    public func run<T: Decodable>(_ script: String, _ arguments: String...) async throws -> T {
        try await send(.post, "/execute/sync", Script(script: script, args: arguments), as: T.self)
    }

    /// Runs a script that gives its result to its last argument.
    public func wait<T: Decodable>(_ script: String, _ arguments: String...) async throws -> T {
        try await send(.post, "/execute/async", Script(script: script, args: arguments), as: T.self)
    }

    private struct Script: Encodable {
        let script: String
        let args: [String]
    }

    /// The window's picture, PNG; of the whole page where it is longer.
    public func picture() async throws -> [UInt8] {
        struct Picture: Decodable { let data: String }
        let shot = try await send(
            protocol: "Page.captureScreenshot", ["captureBeyondViewport": true], as: Picture.self)
        return Data(base64Encoded: shot.data).map { Array($0) } ?? []
    }

    // MARK: Hands

    /// Clicks the first element that a selector finds.
    public func click(_ selector: String) async throws {
        try await send(.post, "/element/\(try await element(selector))/click", nil, as: Nothing?.self)
    }

    /// Writes into a field in place of what stands there.
    public func type(_ text: String, into selector: String) async throws {
        let id = try await element(selector)
        try await send(.post, "/element/\(id)/clear", nil, as: Nothing?.self)
        try await send(.post, "/element/\(id)/value", ["text": text], as: Nothing?.self)
    }

    private func element(_ selector: String) async throws -> String {
        struct Found: Decodable {
            let id: String
            enum CodingKeys: String, CodingKey { case id = "element-6066-11e4-a52e-4f735466cecf" }
        }
        let found = try await send(
            .post, "/element", ["using": "css selector", "value": selector], as: Found.self)
        return found.id
    }

    // MARK: What it is

    /// Has a window of a width; one below 600 is a telephone's.
    public func resize(_ width: Int, _ height: Int = 900) async throws {
        struct Metrics: Encodable {
            let width: Int
            let height: Int
            let deviceScaleFactor = 1
            let mobile: Bool
        }
        try await send(
            protocol: "Emulation.setDeviceMetricsOverride",
            Metrics(width: width, height: height, mobile: width < 600))
    }

    /// Asks for pages in a language.
    public func speak(_ language: String) async throws {
        try await send(protocol: "Network.enable", [String: String]())
        try await send(protocol: "Network.setExtraHTTPHeaders", ["headers": ["Accept-Language": language]])
    }

    /// Runs the scripts of pages, or none.
    public func runScripts(_ isOn: Bool) async throws {
        runsScripts = isOn
        try await send(protocol: "Emulation.setScriptExecutionDisabled", ["value": !isOn])
    }

    /// Shows pages in the light, or in the dark.
    public func isDark(_ isOn: Bool) async throws {
        struct Feature: Encodable { let name = "prefers-color-scheme", value: String }
        try await send(
            protocol: "Emulation.setEmulatedMedia", ["features": [Feature(value: isOn ? "dark" : "light")]])
    }

    /// Forgets all cookies.
    public func forget() async throws {
        try await send(protocol: "Network.clearBrowserCookies", [String: String]())
    }

    /// Has an authenticator as a telephone's: it keeps passkeys, and its owner is always there and known to it. Gives its id.
    @discardableResult
    public func addAuthenticator() async throws -> String {
        struct Options: Encodable {
            let `protocol` = "ctap2"
            let transport = "internal"
            let hasResidentKey = true
            let hasUserVerification = true
            let isUserConsenting = true
            let isUserVerified = true
        }
        return try await send(.post, "/webauthn/authenticator", Options(), as: String.self)
    }
}
