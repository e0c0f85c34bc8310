import EventLoop
import FoundationEssentials

/// What a person sees: colours and a moving bar on a terminal, plain lines elsewhere.
@Loop
package final class Terminal {
    private let isTerminal = isatty(1) == 1
    private let hasColours: Bool
    private var isBarShown = false
    private var lastPlainLine = Duration.zero

    /// Looks at what standard output is.
    package init() {
        let environment = ProcessInfo.processInfo.environment
        hasColours = isatty(1) == 1 && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }

    /// What marks a text.
    package enum Colour: String {
        case red = "31"
        case green = "32"
        case yellow = "33"
        case grey = "90"
        case bold = "1"
    }

    /// A text in a colour, where there are colours.
    package func paint(_ text: String, _ colour: Colour) -> String {
        hasColours ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// Shows a line.
    package func line(_ text: String = "") {
        clearBar()
        print(text)
        fflush(nil)
    }

    /// Says what is good to know.
    package func note(_ text: String) { line(paint("note: ", .grey) + text) }
    /// Says what is not as it should be.
    package func warn(_ text: String) { line(paint("warning: ", .yellow) + text) }

    /// Shows columns under their heads; numbers are set to the right.
    package func table(_ heads: [String], _ rows: [[String]]) {
        let widths = heads.indices.map { column in
            ([heads] + rows).map { $0[column].columns }.max() ?? 0
        }
        func isNumber(_ text: String) -> Bool { text.first?.isNumber == true && text.last?.isNumber == true }
        func show(_ cells: [String]) -> String {
            let padded = zip(cells, widths).map { cell, width in
                let space = String(repeating: " ", count: max(0, width - cell.columns))
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
    package func progress(_ share: Double?, _ text: String) {
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

extension String {
    /// How many columns of a terminal it takes: two for a Chinese character, none for a colour.
    var columns: Int {
        var count = 0
        var isColour = false
        for scalar in unicodeScalars {
            switch scalar.value {
            case 0x1B: isColour = true
            case _ where isColour: isColour = scalar != "m"
            case 0x300...0x36F, 0x200B...0x200F, 0xFE00...0xFE0F: break
            case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
                0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
                count += 2
            default: count += 1
            }
        }
        return count
    }

    /// The same without what a terminal would obey: text of strangers must not move its cursor.
    var printable: String {
        var text = ""
        for scalar in unicodeScalars {
            let isControl =
                scalar.value < 32 || (0x7F...0x9F).contains(scalar.value) || (0x202A...0x202E).contains(scalar.value)
            text += isControl ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }
        return text
    }
}
