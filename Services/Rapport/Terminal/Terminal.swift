import EventLoop
import FoundationEssentials

/// What a person sees: colours and a moving bar on a terminal, plain lines elsewhere.
@Loop
final class Terminal {
    let isTerminal = isatty(1) == 1
    private let hasColours: Bool
    private var isBarShown = false
    private var lastPlainLine = Duration.zero

    init() {
        let environment = ProcessInfo.processInfo.environment
        hasColours = isatty(1) == 1 && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }

    enum Colour: String {
        case red = "31"
        case green = "32"
        case yellow = "33"
        case grey = "90"
        case bold = "1"
    }

    func paint(_ text: String, _ colour: Colour) -> String {
        hasColours ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }

    func line(_ text: String = "") {
        clearBar()
        print(text)
        fflush(nil)
    }

    func note(_ text: String) { line(paint("note: ", .grey) + text) }
    func warn(_ text: String) { line(paint("warning: ", .yellow) + text) }

    /// Shows columns under their heads; numbers are set to the right.
    func table(_ heads: [String], _ rows: [[String]]) {
        let widths = heads.indices.map { column in
            ([heads] + rows).map { $0[column].count }.max() ?? 0
        }
        func isNumber(_ text: String) -> Bool { text.first?.isNumber == true && text.last?.isNumber == true }
        func show(_ cells: [String]) -> String {
            let padded = zip(cells, widths).map { cell, width in
                let space = String(repeating: " ", count: width - cell.count)
                return isNumber(cell) && !cell.contains(":") ? space + cell : cell + space
            }
            var text = padded.joined(separator: "  ")
            while text.last == " " { text.removeLast() }
            return text
        }
        line(paint(show(heads), .bold))
        for row in rows { line(show(row)) }
    }

    /// Shows how far something is, where the share is known; where there is no terminal, a line every few seconds.
    func progress(_ share: Double?, _ text: String) {
        let percent = share.map { "\(Int(min(1, $0) * 100)) %  " } ?? ""
        guard isTerminal else {
            guard Loop.now - lastPlainLine > .seconds(3) else { return }
            lastPlainLine = Loop.now
            return line(percent + text)
        }
        let filled = Int(min(1, share ?? 0) * 30)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
        print("\r\u{1B}[K\(share == nil ? "" : paint(bar, .green) + " ")\(percent)\(text)", terminator: "")
        isBarShown = true
        fflush(nil)
    }

    private func clearBar() {
        if isBarShown { print("\r\u{1B}[K", terminator: "") }
        isBarShown = false
    }
}

/// Numbers as people read them: `22,061`.
func grouped(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index) % 3 == 0 { text += "," }
        text.append(digit)
    }
    return number < 0 ? "-" + text : text
}
