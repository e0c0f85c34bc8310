import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit

/// The preference centre (C10): what a customer allows, by channel and purpose, in Chinese or English as the browser asks.
@Loop
func preferencePages(_ context: ServiceContext, _ links: PreferenceLinks) -> [Route] {
    [
        Route(
            .post, "/v1/parties/{id}/preference-link", "A signed link by which the customer sets preferences",
            tag: "consent", access: .change, parameters: [.path("id", .uuid, "The party")],
            gives: .json(.object([.init("link", .string), .init("expiresAt", .dateTime)]))
        ) { request in
            let id = try request.id()
            guard try await !context.rows(PartyStore.get, id).isEmpty else { throw Problem.missing("party", id) }
            let (link, expires) = links.make(for: id)
            return try Response(.ok, json: ["link": link, "expiresAt": RFC3339.string(expires)])
                .with("cache-control", "no-store")
        },
        Route(
            .get, "/preferences/{token}", "The page with the customer's preferences", tag: "consent", access: .signed,
            gives: .bytes("text/html"), refuses: [410]
        ) { request in
            let party = try links.party(request.path("token"))
            return PreferencePage(request).form(try await allowed(party, context))
        },
        Route(
            .post, "/preferences/{token}", "Takes the customer's preferences in", tag: "consent", access: .signed,
            body: .bytes("application/x-www-form-urlencoded"), gives: .bytes("text/html"), refuses: [410, 415]
        ) { request in
            let party = try links.party(request.path("token"))
            let form = try await request.form()
            try await context.transaction { transaction in
                Redirects.hold([party], in: transaction)
                Outbox.carryTrace(in: transaction)
                let before = Preference.said(try await transaction.rows(ConsentStore.counting, party))
                let said = isOneClick(form) ? [withdrawal(party)] : decisions(party, form, before)
                ConsentCommands.record(said, transaction)
            }
            return PreferencePage(request).form(try await allowed(party, context), isSaved: true)
        },
    ]
}

/// A choice that the page offers.
struct Preference: Hashable {
    let channel: String
    let purpose: String

    /// Marketing by each channel, and whether a profile may be made.
    static let offered =
        ConsentDecision.channels.map { Preference(channel: $0, purpose: "marketing") }
        + [Preference(channel: "mail", purpose: "profiling")]

    /// Its name in the form.
    var field: String { "\(channel).\(purpose)" }

    /// What was said of each.
    static func said(_ rows: [(String, String, Bool)]) -> [Preference: Bool] {
        var said: [Preference: Bool] = [:]
        for (channel, purpose, granted) in rows { said[Preference(channel: channel, purpose: purpose)] = granted }
        return said
    }
}

@Loop
private func allowed(_ party: UUID, _ context: ServiceContext) async throws -> [Preference: Bool] {
    Preference.said(try await context.rows(ConsentStore.counting, party))
}

/// Whether a mail program posts for its owner, who has seen no form (RFC 8058).
private func isOneClick(_ form: [String: String]) -> Bool {
    form["List-Unsubscribe"]?.lowercased() == "one-click"
}

/// What one click says: nothing more by mail, which is what the link was sent with. Of other channels and purposes it says nothing.
private func withdrawal(_ party: UUID) -> ConsentDecision {
    ConsentDecision(
        party: party, channel: "mail", purpose: "marketing", granted: false, source: "one click",
        proof: "signed link, posted by the mail program")
}

/// What a form decides: every box that stands otherwise than before, and all that were never decided.
private func decisions(
    _ party: UUID, _ form: [String: String], _ before: [Preference: Bool]
) -> [ConsentDecision] {
    Preference.offered.compactMap { preference in
        let granted = form[preference.field] == "yes"
        guard before[preference] != granted else { return nil }
        return ConsentDecision(
            party: party, channel: preference.channel, purpose: preference.purpose, granted: granted,
            source: "preference centre", proof: "signed link, form sent by the customer")
    }
}

/// The texts of the page; nothing of the request stands in them.
@Loop
private struct PreferencePage {
    private let isChinese: Bool

    init(_ request: Request) {
        isChinese = request.headers["accept-language"]?.lowercased().hasPrefix("zh") == true
    }

    private func text(_ english: String, _ chinese: String) -> String { isChinese ? chinese : english }

    private func label(_ preference: Preference) -> String {
        switch (preference.channel, preference.purpose) {
        case (_, "profiling"): text("Suggestions that fit what I bought", "根据我的购买记录推荐")
        case ("mail", _): text("Offers by e-mail", "通过电子邮件接收优惠信息")
        case ("sms", _): text("Offers by text message", "通过短信接收优惠信息")
        case ("phone", _): text("Offers by telephone", "通过电话接收优惠信息")
        default: text("Offers by post", "通过邮寄接收优惠信息")
        }
    }

    func form(_ allowed: [Preference: Bool], isSaved: Bool = false) -> Response {
        let boxes = Preference.offered.map { preference in
            let checked = allowed[preference] == true ? " checked" : ""
            return """
                <p><label><input type="checkbox" name="\(preference.field)" value="yes"\(checked)> \
                \(label(preference))</label></p>
                """
        }
        let title = text("Your preferences", "您的偏好设置")
        let saved = isSaved ? "<p role=\"status\"><strong>\(text("Saved.", "已保存。"))</strong></p>" : ""
        return Response(
            .ok,
            text: """
                <!doctype html>
                <html lang="\(text("en", "zh"))"><head><meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1"><title>\(title)</title>
                <style>body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:3rem auto;padding:0 1rem}
                button{font:inherit;padding:.4rem 1.2rem}</style>
                </head><body><h1>\(title)</h1>
                \(saved)<p>\(text("What may we send you? Untick all to hear nothing.", "您希望接收哪些信息？全部取消则不再接收。"))</p>
                <form method="post">
                \(boxes.joined(separator: "\n"))
                <p><button>\(text("Save", "保存"))</button></p>
                </form>
                </body></html>

                """, contentType: "text/html; charset=utf-8"
        ).with("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'")
            .with("referrer-policy", "no-referrer").with("cache-control", "no-store")
    }
}
