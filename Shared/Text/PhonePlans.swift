/// How telephone numbers are written within a country: what makes E.164 of a national number.
///
/// Source: the national numbering plans as published under ITU-T E.164 and E.129. Of countries that are not listed national numbers
/// stay as they were written.
struct PhonePlan: Sendable {
    /// The country's code.
    let code: String
    /// What is dialled before a national number within the country, empty where nothing is.
    let trunk: String
    /// How many digits a number has behind code and trunk.
    let lengths: ClosedRange<Int>
    /// The lengths at which a number is whole though nothing was dialled before it; nil where it then lacks its area.
    let bare: ClosedRange<Int>?

    /// The number in E.164; nil where the digits are no whole number of the country.
    func international(_ digits: String) -> String? {
        if !trunk.isEmpty, digits.hasPrefix(trunk) {
            let rest = digits.dropFirst(trunk.utf8.count)
            if lengths.contains(rest.utf8.count) { return "+\(code)\(rest)" }
        }
        guard let whole = trunk.isEmpty ? lengths : bare, whole.contains(digits.utf8.count),
            trunk.isEmpty || !digits.hasPrefix("0")
        else { return nil }
        return "+\(code)\(digits)"
    }

    /// The plan of a country by its ISO 3166 code or its name in English or Chinese.
    static func of(_ country: String) -> PhonePlan? {
        let name = country.trimmed.lowercased()
        return plans[names[name] ?? name.uppercased()]
    }

    /// ISO 3166 code, country code, trunk prefix, lengths, and those of numbers without trunk.
    private static let plans: [String: PhonePlan] = {
        let table = """
            AE 971 0 8-9 - | AR 54 0 10 - | AT 43 0 4-13 - | AU 61 0 9 - | BD 880 0 8-10 - | BE 32 0 8-9 - | BG 359 0 7-9 - |
            BH 973 - 8 - | BR 55 0 10-11 10-11 | CA 1 1 10 10 | CH 41 0 9 - | CL 56 - 9 - | CN 86 0 10-11 11 | CO 57 - 10 - |
            CY 357 - 8 - | CZ 420 - 9 - | DE 49 0 6-11 - | DK 45 - 8 - | DZ 213 0 8-9 - | EE 372 - 7-8 - | EG 20 0 8-10 - |
            ES 34 - 9 - | FI 358 0 5-12 - | FR 33 0 9 - | GB 44 0 9-10 - | GR 30 - 10 - | HK 852 - 8 - | HR 385 0 8-9 - |
            HU 36 06 8-9 - | ID 62 0 8-12 - | IE 353 0 7-10 - | IL 972 0 8-9 - | IN 91 0 10 10 | IS 354 - 7 - | IT 39 - 6-11 - |
            JP 81 0 9-10 - | KE 254 0 9 - | KR 82 0 8-10 - | KW 965 - 8 - | KZ 7 8 10 10 | LB 961 0 7-8 - | LK 94 0 9 - |
            LT 370 0 8 - | LU 352 - 4-11 - | LV 371 - 8 - | MA 212 0 9 - | MO 853 - 8 - | MT 356 - 8 - | MX 52 - 10 - |
            MY 60 0 8-10 - | NG 234 0 8-10 - | NL 31 0 9 - | NO 47 - 8 - | NZ 64 0 8-10 - | OM 968 - 8 - | PE 51 0 8-9 - |
            PH 63 0 8-10 - | PK 92 0 9-10 - | PL 48 - 9 - | PT 351 - 9 - | QA 974 - 8 - | RO 40 0 9 - | RS 381 0 8-9 - |
            RU 7 8 10 10 | SA 966 0 8-9 - | SE 46 0 7-9 - | SG 65 - 8 - | SI 386 0 8 - | SK 421 0 9 - | TH 66 0 8-9 - |
            TN 216 - 8 - | TR 90 0 10 10 | TW 886 0 8-9 - | UA 380 0 9 - | US 1 1 10 10 | VN 84 0 9-10 - | ZA 27 0 9 -
            """
        func range(_ text: Substring) -> ClosedRange<Int>? {
            let bounds = text.split(separator: "-").compactMap { Int($0) }
            guard let low = bounds.first, let high = bounds.last else { return nil }
            return low...high
        }
        var plans: [String: PhonePlan] = [:]
        for entry in table.split(separator: "|") {
            let parts = entry.split(whereSeparator: \.isWhitespace)
            guard parts.count == 5, let lengths = range(parts[3]) else { continue }
            plans[String(parts[0])] = PhonePlan(
                code: String(parts[1]), trunk: parts[2] == "-" ? "" : String(parts[2]), lengths: lengths,
                bare: range(parts[4]))
        }
        return plans
    }()

    /// Names and other codes, in lower case.
    private static let names: [String: String] = {
        let table = [
            "AE": "united arab emirates,uae,阿联酋", "AR": "argentina,阿根廷", "AT": "austria,奥地利", "AU": "australia,澳大利亚",
            "BE": "belgium,比利时", "BR": "brazil,巴西", "CA": "canada,加拿大", "CH": "switzerland,瑞士",
            "CN": "china,chn,中国,中华人民共和国,prc", "CY": "cyprus", "CZ": "czech republic,czechia,捷克",
            "DE": "germany,deutschland,德国", "DK": "denmark,丹麦", "EG": "egypt,埃及", "ES": "spain,西班牙",
            "FI": "finland,芬兰", "FR": "france,法国",
            "GB": "united kingdom,uk,great britain,england,scotland,wales,channel islands,英国", "GR": "greece,希腊",
            "HK": "hong kong,香港,中国香港", "HU": "hungary,匈牙利", "ID": "indonesia,印度尼西亚",
            "IE": "ireland,eire,爱尔兰", "IL": "israel,以色列", "IN": "india,印度", "IS": "iceland,冰岛", "IT": "italy,意大利",
            "JP": "japan,日本", "KR": "south korea,korea,韩国", "KZ": "kazakhstan,哈萨克斯坦", "LB": "lebanon,黎巴嫩",
            "LT": "lithuania,立陶宛", "MO": "macao,macau,澳门,中国澳门", "MT": "malta,马耳他", "MX": "mexico,墨西哥",
            "MY": "malaysia,马来西亚", "NL": "netherlands,holland,荷兰", "NO": "norway,挪威", "NZ": "new zealand,新西兰",
            "PH": "philippines,菲律宾", "PK": "pakistan,巴基斯坦", "PL": "poland,波兰", "PT": "portugal,葡萄牙",
            "RO": "romania,罗马尼亚", "RU": "russia,russian federation,俄罗斯", "SA": "saudi arabia,沙特阿拉伯",
            "SE": "sweden,瑞典", "SG": "singapore,新加坡", "TH": "thailand,泰国", "TR": "turkey,türkiye,土耳其",
            "TW": "taiwan,台湾,中国台湾", "UA": "ukraine,乌克兰", "US": "united states,united states of america,usa,美国",
            "VN": "vietnam,viet nam,越南", "ZA": "south africa,rsa,南非",
        ]
        var names: [String: String] = [:]
        for (code, list) in table { for name in list.split(separator: ",") { names[String(name)] = code } }
        return names
    }()
}
