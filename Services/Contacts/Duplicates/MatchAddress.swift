import Text
import Writing

/// An address as it is compared: without case, blanks, punctuation and the words that people leave out.
struct MatchAddress {
    /// Street and place in one.
    let text: String
    /// By what others are found that may be it: the place and the numbers of the house.
    let keys: [String]

    /// Prepares an address; nil where it says no street.
    init?(_ address: PartyDetails.Address) {
        guard let street = address.street else { return nil }
        let words = Self.words(street)
        guard !words.isEmpty else { return nil }
        let city = address.city.map { Self.words($0).joined() }
        text = words.joined() + (city ?? "")
        let numbers = words.filter { $0.utf8.first.map { (0x30...0x39).contains($0) } ?? false }
        let house = numbers.isEmpty ? words.joined() : numbers.joined(separator: "-")
        // Where the place is not told apart it is at the beginning of the street, as Chinese addresses have it.
        let places = [address.postalCode.map { Self.words($0).joined() }, city].compactMap { $0 }
        keys = (places.isEmpty ? [String(words.joined().prefix(4))] : places).map { "\($0)/\(house)" }
    }

    /// How alike two addresses are, 0 to 1.
    func likeness(to other: MatchAddress) -> Double { EditDistance.likeness(text, other.text) }

    /// Runs of letters and runs of digits, folded.
    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var isNumber = false
        var isOpen = false
        for scalar in Fold.text(text).unicodeScalars {
            let isDigit = ("0"..."9").contains(scalar)
            guard isDigit || scalar.properties.isAlphabetic, !leftOut.contains(scalar) else {
                isOpen = false
                continue
            }
            if isOpen, isDigit == isNumber, let last = words.indices.last {
                words[last].unicodeScalars.append(scalar)
            } else {
                words.append(String(scalar))
            }
            (isOpen, isNumber) = (true, isDigit)
        }
        return words.map { abbreviations[$0] ?? $0 }
    }

    /// 上海市南京路1号 and 上海南京路1 are one.
    private static let leftOut: Set<Unicode.Scalar> = ["省", "市", "区", "县", "号"]
    private static let abbreviations = [
        "street": "st", "road": "rd", "avenue": "ave", "lane": "ln", "drive": "dr", "square": "sq", "apartment": "apt",
        "strasse": "str",
    ]
}
