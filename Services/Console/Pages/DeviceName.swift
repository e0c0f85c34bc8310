/// What a browser calls itself, in a few words that its owner knows: `Chrome, Windows`.
enum DeviceName {
    /// The name of a browser by its `User-Agent`; the beginning of what it says where it is unknown.
    static func of(_ agent: String, _ words: Words) -> String {
        let browser = browsers.first { agent.contains($0.mark) }
        let system = systems.first { agent.contains($0.mark) }
        switch (browser, system) {
        case (let browser?, let system?):
            return words("\(browser.english), \(system.english)", "\(browser.chinese)，\(system.chinese)")
        case (let browser?, nil): return words(browser.english, browser.chinese)
        case (nil, _): return agent.isEmpty ? words("A program", "程序") : String(agent.prefix(40))
        }
    }

    private struct Known {
        let mark: String
        let english: String
        let chinese: String

        init(_ mark: String, _ english: String, _ chinese: String? = nil) {
            (self.mark, self.english) = (mark, english)
            self.chinese = chinese ?? english
        }
    }

    /// Those that call themselves others too come first.
    private static let browsers = [
        Known("MicroMessenger/", "WeChat", "微信"), Known("DingTalk/", "DingTalk", "钉钉"), Known("Lark/", "Lark", "飞书"),
        Known("Edg/", "Edge"), Known("OPR/", "Opera"), Known("QQBrowser/", "QQ Browser", "QQ浏览器"),
        Known("HuaweiBrowser/", "Huawei Browser", "华为浏览器"), Known("Firefox/", "Firefox"),
        Known("HeadlessChrome/", "Chrome"), Known("Chrome/", "Chrome"), Known("Safari/", "Safari"),
    ]
    private static let systems = [
        Known("HarmonyOS", "HarmonyOS", "鸿蒙"), Known("Android", "Android", "安卓"), Known("iPhone", "iPhone"),
        Known("iPad", "iPad"), Known("Windows", "Windows"), Known("Mac OS X", "macOS"), Known("CrOS", "ChromeOS"),
        Known("Linux", "Linux"),
    ]
}
