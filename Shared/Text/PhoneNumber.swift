/// Phone numbers as they are stored: E.164, or the digits as given where the country is not known or they are no whole number of it.
public enum PhoneNumber {
    /// A stored form, of a national number that of E.164 where it is one of the country.
    public static func normal(_ number: String, in country: String?) -> String {
        guard !number.hasPrefix("+"), let plan = country.flatMap(PhonePlan.of) else { return number }
        return plan.international(number) ?? number
    }

    /// The stored form of any writing; nil for what is no number.
    public static func normal(_ text: String) -> String? {
        var digits = ""
        var isInternational = false
        for scalar in text.unicodeScalars {
            if let digit = digit(scalar) {
                digits.unicodeScalars.append(digit)
            } else if scalar == "+" || scalar == "＋", digits.isEmpty {
                isInternational = true
            } else if !marks.contains(scalar) {
                return nil
            }
        }
        if !isInternational, digits.hasPrefix("00") {
            digits.removeFirst(2)
            isInternational = true
        }
        guard (isInternational ? 7...15 : 3...15).contains(digits.utf8.count) else { return nil }
        return isInternational ? "+\(digits)" : digits
    }

    /// What people write between the digits.
    private static let marks: [Unicode.Scalar] = [" ", "-", "(", ")", ".", "·", "/", "　", "－", "（", "）", "\u{A0}"]

    /// The digit of any script.
    private static func digit(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        if scalar.isASCII { return ("0"..."9").contains(scalar) ? scalar : nil }
        guard scalar.properties.numericType == .decimal, let value = scalar.properties.numericValue else { return nil }
        return Unicode.Scalar(UInt8(ascii: "0") + UInt8(value))
    }

    /// A number as it is compared, its last nine digits: with or without country and zero it is the same. Nil of short ones.
    public static func alike(_ number: String) -> String? {
        let digits = number.filter { ("0"..."9").contains($0) }
        return digits.count >= 7 ? String(digits.suffix(9)) : nil
    }
}
