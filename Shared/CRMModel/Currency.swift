/// Currencies of ISO 4217 and how many places their amounts have.
///
/// The codes and places are those of the standard's list one (funds and metals too) as of 2026, and the codes of list three that were
/// withdrawn since 1999, for books of the past. XTS and XXX are no money.
public enum Currency {
    /// Whether a text is a code of today's list or of the withdrawn ones.
    public static func isKnown(_ code: String) -> Bool { entry(code) != unknown }

    /// Whether a currency is in today's list, so that something can still be sold in it.
    public static func isActive(_ code: String) -> Bool {
        let entry = entry(code)
        return entry != unknown && entry & withdrawn == 0
    }

    /// How many places an amount has; nil for no currency. Metals and units of account have none of their own: four.
    public static func places(_ code: String) -> Int? {
        let entry = entry(code)
        return entry == unknown ? nil : Int(entry & ~withdrawn)
    }

    // MARK: The list

    private static let unknown: UInt8 = 0xFF
    private static let withdrawn: UInt8 = 0x80

    /// Looked at for every document, so a place for each three letters.
    private static func entry(_ code: String) -> UInt8 {
        var place = 0
        var count = 0
        for byte in code.utf8 {
            guard (65...90).contains(byte), count < 3 else { return unknown }
            place = place * 26 + Int(byte - 65)
            count += 1
        }
        return count == 3 ? table[place] : unknown
    }

    private static let table: [UInt8] = {
        var table = [UInt8](repeating: unknown, count: 26 * 26 * 26)
        for (codes, mark) in lists {
            for code in codes.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
                let place = code.utf8.reduce(0) { $0 * 26 + Int($1 - 65) }
                table[place] = mark
            }
        }
        return table
    }()

    private static let lists: [(codes: String, mark: UInt8)] = [
        (
            """
            AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY
            COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS
            INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR
            MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
            STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
            """, 2
        ),
        ("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF", 0),
        ("BHD IQD JOD KWD LYD OMR TND", 3),
        ("CLF UYW XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XUA", 4),
        (
            """
            ANG ATS AZM BGN CSD CUC CYP DEM EEK FIM FRF GHC GRD HRK IEP LTL LVL MRO MTL MZM NLG ROL RUR SDD SIT SKK SLL SRG
            STD TMM VEB VEF YUM ZMK ZWD ZWL ZWN ZWR
            """, 2 | withdrawn
        ),
        ("BEF BYR ESP ITL LUF MGF PTE TRL", 0 | withdrawn),
    ]
}

extension Amount {
    /// Rounded to so many places, half away from zero.
    public func rounded(to places: Int) -> Amount {
        let step = (places..<4).reduce(1) { step, _ in step * 10 }
        guard step > 1 else { return self }
        let (quotient, rest) = units.quotientAndRemainder(dividingBy: step)
        let isUp = 2 * abs(rest) >= step
        let (product, overflow) = (quotient + (isUp ? units.signum() : 0)).multipliedReportingOverflow(by: step)
        return Amount(units: overflow ? units - rest : product)
    }

    /// Rounded to the places of a currency; as it is where there is no such currency.
    public func rounded(in currency: String) -> Amount { rounded(to: Currency.places(currency) ?? 4) }
}
