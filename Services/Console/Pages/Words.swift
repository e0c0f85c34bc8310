import EventLoop
import HTTP

/// What pages say, in the language of whoever reads them. Each text is written twice, not translated.
struct Words: Sendable {
    let isChinese: Bool

    /// As the browser asks.
    @Loop
    init(_ request: Request) {
        isChinese = request.headers["accept-language"]?.lowercased().hasPrefix("zh") == true
    }

    init(isChinese: Bool) { self.isChinese = isChinese }

    /// `zh-Hans` or `en`.
    var tag: String { isChinese ? "zh-Hans" : "en" }

    func callAsFunction(_ english: String, _ chinese: String) -> String { isChinese ? chinese : english }
}
