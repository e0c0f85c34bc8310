import CRMModel
import EventLoop

/// Numbers as people read them: `22,061`.
package func grouped(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index) % 3 == 0 { text += "," }
        text.append(digit)
    }
    return number < 0 ? "-" + text : text
}

/// An amount as people read it: `10,655,622.484`.
package func groupedAmount(_ units: Int) -> String {
    let text = Amount(units: units).description
    let parts = text.split(separator: ".")
    guard parts.count == 2, let whole = Int(parts[0]) else { return text }
    return (whole == 0 && units < 0 ? "-" : "") + grouped(whole) + "." + parts[1]
}

/// A time as people read it: `12.3 s`.
package func seconds(_ duration: Duration) -> String {
    let tenths = Int((duration.seconds * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) s"
}
