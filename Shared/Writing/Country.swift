import CICU
import Text

/// Countries as they are stored: ISO 3166 codes of two letters. Names are understood in the languages that files come in.
public enum Country {
    /// The code of a country by its code or name in any writing; nil where none is known by it.
    public static func code(_ text: String) -> String? {
        let clean = text.trimmed
        if clean.utf8.count == 2 {
            let code = clean.uppercased()
            if names.codes.contains(code) { return code }
        }
        return names.byName[key(clean)]
    }

    /// The name of a country, by its code, in a language; the code where it has none.
    public static func name(_ code: String, in language: String) -> String { shown(code, language) ?? code }

    private static let names = Names()

    /// All that countries go by.
    private struct Names {
        var codes: Set<String> = []
        var byName: [String: String] = [:]

        init() {
            guard var next = uloc_getISOCountries() else { return }
            while let pointer = next.pointee {
                let code = String(cString: pointer)
                next += 1
                codes.insert(code)
                if let long = uloc_getISO3Country("und_\(code)").map({ String(cString: $0) }), !long.isEmpty {
                    byName[key(long)] = code
                }
                for language in ["en", "zh", "zh_Hant", "zh_Hant_HK", "de", "fr", "es", "ja"] {
                    if let name = shown(code, language) { byName[key(name)] = byName[key(name)] ?? code }
                }
            }
            for (code, list) in others {
                for name in list.split(separator: ",") { byName[key(String(name))] = code }
            }
        }
    }

    private static func shown(_ code: String, _ language: String) -> String? {
        var status = U_ZERO_ERROR
        var length: Int32 = 0
        let units = [UInt16](unsafeUninitializedCapacity: 200) { buffer, count in
            length = uloc_getDisplayCountry("und_\(code)", language, buffer.baseAddress, 200, &status)
            count = status.rawValue > 0 ? 0 : min(Int(length), 200)
        }
        // A country that the language has no name for is shown by its code.
        let name = String(decoding: units, as: UTF16.self)
        return name.isEmpty || name == code ? nil : name
    }

    /// A name without case, accents, punctuation and blanks.
    private static func key(_ name: String) -> String {
        let folded = Fold.name(name.replacing("&", with: "and"))
        return (folded.hasPrefix("the ") ? String(folded.dropFirst(4)) : folded).replacing(" ", with: "")
    }

    /// What people and other systems write besides.
    private static let others = [
        "AE": "uae", "BA": "bosnia", "BO": "bolivia", "BY": "byelorussia", "CD": "democratic republic of the congo,drc",
        "CI": "ivory coast", "CN": "prc,peoples republic of china,mainland china,中华人民共和国,中国大陆,大陆", "CV": "cape verde",
        "CZ": "czech republic,捷克共和国", "FM": "micronesia",
        "GB": """
        uk,u k,great britain,britain,england,scotland,wales,northern ireland,大不列颠,英格兰,苏格兰,威尔士,\
        united kingdom of great britain and northern ireland
        """,
        "HK": "hong kong,hongkong,香港,中国香港,香港特别行政区", "IE": "eire,republic of ireland,爱尔兰共和国", "IR": "iran",
        "KP": "north korea,朝鲜,dprk", "KR": "korea,south korea,republic of korea,rok,韩国,大韩民国", "LA": "laos",
        "MD": "moldova", "MK": "macedonia", "MM": "burma,缅甸", "MO": "macao,macau,澳门,中国澳门", "NL": "holland,netherlands",
        "PS": "palestine", "RU": "russia,russian federation,俄国,俄罗斯联邦", "SY": "syria", "SZ": "swaziland",
        "TR": "turkey,turkiye", "TW": "taiwan,台湾,台湾省,中国台湾,中华民国", "TZ": "tanzania",
        "US": "usa,u s a,u s,us of a,america,united states of america,美利坚合众国,美国", "VA": "vatican,holy see",
        "VE": "venezuela", "VN": "viet nam,vietnam,越南", "ZA": "rsa,republic of south africa,南非共和国",
    ]
}
