import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Sales
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Console

/// Pages that ask other services: what a person owns there, and who did what.
@Suite struct OtherServicesTests {
    @Test(.timeLimit(.minutes(2))) @Loop func whatIsElsewhereIsShownAndWhoIsSilentIsNamed() async throws {
        let sales = try await TestService(SalesService.self)
        defer { sales.close() }
        let asked = Asked()
        let person: Middleware = { request, next in
            // A token is a person's, and stands for who looks.
            asked.tokens.append(request.headers["authorization"] ?? "none")
            request.principal = .local
            return await next(request)
        }
        let server = try HTTPServer(
            address: "127.0.0.1", port: 0, router: Router(sales.parts.routes, middleware: [person]))
        let silent = try ReservedPort(address: "127.0.0.1", port: 0, isListening: false)
        let services = "sales=http://127.0.0.1:\(server.port)/, tickets=http://127.0.0.1:\(silent.port)"
        try await ConsoleInBrowser.with(["CONSOLE_SERVICES": services]) { console in
            let li = try await console.person("李静", "li@x.example", roles: ["representative"])
            // Records of before name her by her name.
            for (name, owner) in [("Weiss", "李静"), ("Braun", "李静"), ("Novak", "Somebody else")] {
                _ = try await sales.make(
                    "/v1/leads",
                    #"{"name":"\#(name)","company":"\#(name) GmbH","source":"fair","owner":"\#(owner)"}"#)
            }
            try await console.signIn()
            let check = try await PageCheck()
            for width in [1440, 390] {
                try await console.chromium.resize(width)
                try await console.go("/people/\(li.text)/leave")
                let owned = try await console.chromium.text("section[aria-labelledby=owned]")
                #expect(
                    owned.contains("Leads") && owned.contains("Weiss") && owned.contains("Braun")
                        && !owned.contains("Novak"), "\(owned)")
                #expect(owned.contains("not known"), "of tickets nothing is known: \(owned)")
                let faults = try await check.faults(of: console.chromium)
                #expect(faults.isEmpty, "\(faults.joined(separator: "\n"))")
                try await Pictures.keep("handover.en.\(width)", of: console.chromium)
                try await console.go("/audit")
                let text = try await console.chromium.text("main")
                #expect(text.contains("Lead added") && text.contains("Signed in"), "\(text.prefix(800))")
                #expect(text.contains("tickets did not answer"))
                #expect(try await check.faults(of: console.chromium) == [])
                try await Pictures.keep("audit-all.en.\(width)", of: console.chromium)
            }
            // Only that record, and then only what a person did.
            try await console.chromium.resize(1440)
            try await console.chromium.click("td.p2 a[href*=lead]")
            try await eventually("one record", within: .seconds(10)) {
                try await console.chromium.count("tbody tr") == 1
            }
            try await console.go("/audit?person=ada%40x.example")
            #expect(try await !console.chromium.text("tbody").contains("Lead added"))
            #expect(asked.tokens.allSatisfy { $0.hasPrefix("Bearer ey") } && !asked.tokens.isEmpty)
        }
        silent.close()
        await server.stop(within: .seconds(1))
    }

    /// With what the service was asked.
    @Loop private final class Asked {
        var tokens: [String] = []
    }

    /// More than a page, from two services: each entry is shown once, the newest first.
    @Test(.timeLimit(.minutes(2))) @Loop func olderOnesFollowWithoutAGapOrADouble() async throws {
        let sales = try await TestService(SalesService.self)
        defer { sales.close() }
        let local: Middleware = { request, next in
            request.principal = .local
            return await next(request)
        }
        let server = try HTTPServer(
            address: "127.0.0.1", port: 0, router: Router(sales.parts.routes, middleware: [local]))
        try await ConsoleInBrowser.with(["CONSOLE_SERVICES": "sales=http://127.0.0.1:\(server.port)"]) { console in
            for number in 0..<60 {
                _ = try await sales.make("/v1/leads", #"{"name":"L\#(number)","source":"fair"}"#)
                if number.isMultiple(of: 2) {
                    _ = try await console.service.make("/v1/teams", #"{"name":"T\#(number)"}"#)
                }
            }
            try await console.signIn()
            var subjects: [String] = []
            try await console.go("/audit")
            for _ in 0..<6 {
                subjects +=
                    try await console.chromium.run(
                        "return [...document.querySelectorAll('td.p2 a')].map(a => a.title)") as [String]
                guard try await console.chromium.count("main p a[href^='/audit?after']") == 1 else { break }
                try await console.chromium.click("main p a[href^='/audit?after']")
                try await Loop.sleep(for: .milliseconds(300))
            }
            let kept = subjects.filter { $0.hasPrefix("lead:") || $0.hasPrefix("team:") }
            #expect(kept.count == 90 && Set(kept).count == 90, "\(kept.count) of which \(Set(kept).count)")
        }
        await server.stop(within: .seconds(1))
    }
}
