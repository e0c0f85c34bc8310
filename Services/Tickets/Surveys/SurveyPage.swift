import EventLoop
import HTTP
import ServiceKit

/// The page behind the link in a survey's mail: five choices and a word, in Chinese or English as the reader's browser asks.
@Loop
func surveyPages(_ context: ServiceContext, _ surveys: Surveys) -> [Route] {
    [
        Route(
            .get, "/surveys/{token}", "The page with the survey", tag: "surveys", access: .link("survey.csat"),
            gives: .bytes("text/html"), refuses: [410]
        ) { request in
            try surveys.check(request.path("token"))
            return SurveyPage(request).question
        },
        Route(
            .post, "/surveys/{token}", "Takes the page's answer in", tag: "surveys", access: .link("survey.csat"),
            body: .bytes("application/x-www-form-urlencoded"), gives: .bytes("text/html", .created),
            refuses: [409, 410, 415]
        ) { request in
            let form = try await request.form()
            guard let score = form["score"].flatMap({ Int($0) }) else { throw Problem.field("score", "must be 1 to 5") }
            let input = try SurveyInput(score: score, comment: form["comment"]).checked()
            try await context.transaction { transaction in
                try await surveys.answer(request.path("token"), input, in: transaction)
            }
            return SurveyPage(request).thanks
        },
    ]
}

/// The texts of the page; nothing of the request stands in them.
@Loop
private struct SurveyPage {
    private let isChinese: Bool

    init(_ request: Request) {
        isChinese = request.headers["accept-language"]?.lowercased().hasPrefix("zh") == true
    }

    private func text(_ english: String, _ chinese: String) -> String { isChinese ? chinese : english }

    var question: Response {
        let choices = (1...5).map { score in
            "<label><input type=\"radio\" name=\"score\" value=\"\(score)\" required> \(score)</label>"
        }
        return page(
            .ok, text("How satisfied are you with our help?", "您对我们的服务满意吗？"),
            """
            <form method="post">
            <p>\(text("1 is very dissatisfied, 5 is very satisfied.", "1 分表示非常不满意，5 分表示非常满意。"))</p>
            <p class="choices">\(choices.joined(separator: " "))</p>
            <p><label>\(text("What could be better?", "还有什么可以改进？"))<br>
            <textarea name="comment" rows="4" maxlength="5000"></textarea></label></p>
            <p><button>\(text("Send", "提交"))</button></p>
            </form>
            """)
    }

    var thanks: Response {
        page(.created, text("Thank you.", "谢谢您的反馈。"), "")
    }

    private func page(_ status: Status, _ title: String, _ body: String) -> Response {
        Response(
            status,
            text: """
                <!doctype html>
                <html lang="\(text("en", "zh"))"><head><meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1"><title>\(title)</title>
                <style>body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:3rem auto;padding:0 1rem}
                textarea{width:100%;font:inherit}.choices label{margin-right:1.2rem}button{font:inherit;padding:.4rem 1.2rem}</style>
                </head><body><h1>\(title)</h1>
                \(body)
                </body></html>

                """, contentType: "text/html; charset=utf-8"
        ).with("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'")
            .with("referrer-policy", "no-referrer").with("cache-control", "no-store")
    }
}
