import EventLoop
import FoundationEssentials
import HTTP
import ServiceTestKit
import TestKit
import Testing

@testable import Console

/// Signing in by a provider that nobody here has written: the package `oidc-provider-mock` from PyPI, with a real browser.
@Suite struct SignOnTests {
    /// A provider that knows some people.
    @Loop private static func withProvider(_ body: @Loop (_ address: String) async throws -> Void) async throws {
        guard let python = try await PythonEnvironment.find("oidc", packages: ["oidc-provider-mock==0.3.4"]) else {
            try Test.cancel("there is no provider")
        }
        let reserved = try ReservedPort(address: "127.0.0.1", port: 0, isListening: false)
        let port = reserved.port
        reserved.close()
        let folder = try TestPaths.temporaryFolder()
        defer { TestPaths.remove(folder) }
        let claims = [
            #"{"sub":"li-17","email":"Li@x.example","email_verified":true}"#,
            #"{"sub":"bo-18","email":"bo@elsewhere.example","email_verified":true}"#,
            #"{"sub":"eve-19","email":"li@x.example","email_verified":true}"#,
            #"{"sub":"mo-20","email":"mo@x.example","email_verified":false}"#,
        ]
        let provider = try ChildProcess(
            "\(python.programs)/oidc-provider-mock",
            ["--port", "\(port)", "--require-nonce", "true"] + claims.flatMap { ["--user-claims", $0] },
            output: folder + "/log")
        defer { provider.kill(SIGTERM) }
        try await eventually("the provider", within: .seconds(30)) {
            TestPaths.contents(folder + "/log").contains("Uvicorn running")
        }
        try await body("http://localhost:\(port)")
    }

    @Test(.timeLimit(.minutes(3))) @Loop func whoIsInTheDirectoryComesInByTheFirmsSignOn() async throws {
        try await Self.withProvider { provider in
            let settings = [
                "OIDC_ISSUER": provider, "OIDC_CLIENT_ID": "rapport", "OIDC_CLIENT_SECRET": "a secret & more",
            ]
            try await ConsoleInBrowser.with(settings) { console in
                let chromium = console.chromium
                let li = try await console.person("李静", "li@x.example", roles: ["agent"])
                try await console.person("Mo", "mo@x.example")
                /// Goes to the provider as somebody, and back.
                func go(_ subject: String) async throws {
                    try await chromium.forget()
                    try await console.go("/sign-in")
                    try await chromium.click("#elsewhere")
                    try await eventually("the provider's page", within: .seconds(20)) {
                        try await chromium.address().hasPrefix(provider)
                    }
                    try await chromium.click("button[value='\(subject)']")
                }
                try await go("li-17")
                try await eventually("being in", within: .seconds(20)) { try await chromium.count(".app") == 1 }
                #expect(try await chromium.text(".firm").contains("李静"))
                // From now on it is the provider's name for her that counts, and not who has her address.
                _ = try await console.service.column(
                    "UPDATE person SET email = 'li2@x.example' WHERE id = '\(li)' RETURNING 'x'")
                try await go("li-17")
                try await eventually("being in again", within: .seconds(20)) { try await chromium.count(".app") == 1 }
                _ = try await console.service.column(
                    "UPDATE person SET email = 'li@x.example' WHERE id = '\(li)' RETURNING 'x'")
                for (stranger, told) in [
                    ("bo-18", "Nobody here has the address bo@elsewhere.example."),
                    ("eve-19", "signs in as another one there"),
                    ("mo-20", "that the provider keeps to itself"),
                ] {
                    try await go(stranger)
                    try await eventually("a refusal of \(stranger)", within: .seconds(20)) {
                        try await chromium.text("main").contains(told)
                    }
                }
                // What another browser has begun ends nowhere.
                try await chromium.forget()
                try await console.go("/sign-in")
                try await chromium.click("#elsewhere")
                try await eventually("the provider's page", within: .seconds(20)) {
                    try await chromium.address().hasPrefix(provider)
                }
                try await chromium.forget()
                try await chromium.click("button[value='li-17']")
                try await eventually("a refusal", within: .seconds(20)) {
                    try await chromium.text("main").contains("This browser has not asked for that")
                }
                // She has left: the provider does not know it, the console does.
                _ = try await console.service.send(.post, "/v1/people/\(li)/end")
                try await go("li-17")
                try await eventually("a refusal of who has left", within: .seconds(20)) {
                    try await chromium.text("main").contains("has left")
                }
                let links = try await console.service.column("SELECT subject FROM sign_in_elsewhere")
                #expect(links == ["li-17"])
            }
        }
    }

    @Test(.timeLimit(.minutes(1))) @Loop func aProviderThatIsAwayKeepsNobodyOut() async throws {
        try await ConsoleInBrowser.with(["OIDC_ISSUER": "http://127.0.0.1:9", "OIDC_CLIENT_ID": "rapport"]) { console in
            try await console.go("/sign-in")
            try await console.chromium.click("#elsewhere")
            try await eventually("words", within: .seconds(20)) {
                try await console.chromium.text("main").contains("Passwords and passkeys work as ever.")
            }
            try await console.signIn()
        }
    }
}
