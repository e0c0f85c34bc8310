import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import ServiceTestKit
import TestKit
import Testing

@testable import Console

/// Each page of the console as a browser shows it: both languages, the window of a desk and that of a telephone, with script and without.
@Suite struct ConsolePageTests {
    /// Pages, by the names of their pictures.
    private static let outside = [("sign-in", "/sign-in"), ("sign-in-code", "/sign-in/code")]

    @Loop private static func inside(_ console: ConsoleInBrowser, _ person: UUID) -> [(String, String)] {
        [
            ("people", "/people"), ("people-found", "/people?q=li"), ("people-none", "/people?q=zzz"),
            ("person", "/people/\(person.text)"), ("person-edit", "/people/\(person.text)/edit"),
            ("person-new", "/people/new"), ("person-leaves", "/people/\(person.text)/leave"), ("teams", "/teams"),
            ("team-new", "/teams/new"), ("territories", "/territories"), ("territory-new", "/territories/new"),
            ("roles", "/roles"), ("audit", "/audit"),
            ("audit-none", "/audit?record=party:none"), ("me", "/me"),
        ]
    }

    @Test(.timeLimit(.minutes(4))) @Loop func everyPageIsForEverybody() async throws {
        try await ConsoleInBrowser.with { console in
            let check = try await PageCheck()
            let li = try await Self.furnish(console)
            for language in ["en", "zh"] {
                try await console.chromium.forget()
                try await console.chromium.speak(language == "zh" ? "zh-CN" : "en-US")
                let welcome = [("welcome", try await console.welcome()), ("gone", "/welcome/none")]
                try await look(console, check, Self.outside + welcome, language)
                try await console.signIn()
                _ = try await console.service.column(
                    "UPDATE person SET language = '\(language)' WHERE id = '\(console.administrator)' RETURNING 'x'")
                try await look(console, check, Self.inside(console, li), language)
            }
        }
    }

    @Loop private func look(
        _ console: ConsoleInBrowser, _ check: PageCheck, _ pages: [(String, String)], _ language: String
    ) async throws {
        for (name, path) in pages {
            for width in [1440, 390] {
                try await console.chromium.resize(width)
                for runsScripts in width == 390 && language == "zh" ? [true, false] : [true] {
                    try await console.chromium.runScripts(runsScripts)
                    try await console.go(path)
                    let faults = try await check.faults(of: console.chromium)
                    #expect(faults.isEmpty, "\(name) \(language) \(width): \(faults.joined(separator: "\n"))")
                }
                try await console.chromium.runScripts(true)
                let tag: String = try await console.chromium.run("return document.documentElement.lang")
                #expect(tag.hasPrefix(language), "\(name) speaks \(tag)")
                try await Pictures.keep("\(name).\(language).\(width)", of: console.chromium)
            }
        }
    }

    /// People, teams and territories as a firm has them; gives one person.
    @Loop private static func furnish(_ console: ConsoleInBrowser) async throws -> UUID {
        let service = console.service
        let east = try await service.make("/v1/territories", #"{"name":"华东"}"#)
        _ = try await service.make("/v1/territories", #"{"name":"Shanghai 上海","parentId":"\#(east)"}"#)
        let sales = try await service.make("/v1/teams", #"{"name":"Sales 销售部"}"#)
        let li = try await console.person(
            "李静", "li@x.example", roles: ["representative"],
            #","title":"客户经理","teams":["\#(sales)"],"territories":["\#(east)"],"zone":"Asia/Shanghai","skills":["英语"]"#)
        for (name, email) in [
            ("Tom Baker", "tom@x.example"), ("Sofia Rossi", "sofia@x.example"), ("陈伟", "chen@x.example"),
        ] {
            _ = try await service.make(
                "/v1/people", #"{"name":"\#(name)","email":"\#(email)","managerId":"\#(li)","teams":["\#(sales)"]}"#)
        }
        _ = try await service.send(
            .patch, "/v1/teams/\(sales)", #"{"leaderId":"\#(li)"}"#,
            headers: try await service.seen("/v1/teams/\(sales)"))
        return li
    }

    /// Who signs in, works with a form and signs out, by keyboard and mouse, with script or without.
    @Test(.timeLimit(.minutes(2)), arguments: [true, false]) @Loop func onesWorkGoesWithoutScript(_ runsScripts: Bool)
        async throws
    {
        try await ConsoleInBrowser.with { console in
            let chromium = console.chromium
            try await chromium.runScripts(runsScripts)
            try await console.signIn()
            try await console.go("/people")
            try await chromium.click(".head .pri")
            try await chromium.type("王芳", into: "#name")
            try await chromium.type("wang@x.example", into: "#email")
            try await chromium.click("main form .pri")
            try await eventually("the person's page", within: .seconds(10)) { try await chromium.text("h1") == "王芳" }
            try await console.go("/me")
            try await chromium.click("form.me button")
            try await chromium.arrive(at: "/sign-in")
        }
    }
}
