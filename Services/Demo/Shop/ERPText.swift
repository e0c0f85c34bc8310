import CRMModel
import Rapport

extension JSONText {
    /// Adds an amount as a decimal string.
    package mutating func add(_ name: String, _ value: Amount) { add(name, value.description) }

    /// Adds the lines of a document.
    package mutating func add(_ name: String, _ lines: [ERPLine]) {
        var array = [UInt8(ascii: "[")]
        for (index, line) in lines.enumerated() {
            if index > 0 { array.append(UInt8(ascii: ",")) }
            var text = JSONText()
            text.add("sku", line.sku)
            text.add("name", line.name)
            text.add("quantity", line.quantity)
            text.add("unitPrice", line.unitPrice)
            array.append(contentsOf: text.finish())
        }
        array.append(UInt8(ascii: "]"))
        add(name, raw: array)
    }
}
