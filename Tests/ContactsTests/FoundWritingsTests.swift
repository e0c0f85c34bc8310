import EventLoop
import FoundationEssentials
import HTTP
import ServiceTestKit
import Testing

@testable import Contacts

/// People type names as their keyboard, their language and their memory have them.
@Suite struct FoundWritingsTests {
    /// Names, and what is typed for them.
    private static let writings: [(String, [String])] = [
        ("Jürgen Müller", ["müller", "Muller", "MUELLER", "Mu\u{308}ller", "jurgen müller", "Ｍüller"]),
        ("Zoë Brontë", ["zoe", "ZOE\u{308}", "bronte", "zoë bronte"]),
        ("Weißgerber", ["weissgerber", "WEISSGERBER", "weißger"]), ("Strasse & Söhne", ["straße", "soehne", "sohne"]),
        ("Trần Thị Hường", ["tran thi huong", "huong tran", "Trần Thị"]),
        ("Nguyễn Văn Đức", ["nguyen van duc", "Nguyễn", "van duc"]),
        ("Łukasz Żółć", ["lukasz", "zolc", "ŁUKASZ ŻÓŁĆ"]),
        ("Niamh O’Connor", ["o'connor", "oconnor", "O’Connor", "niamh o`connor"]),
        ("Seán Ó Súilleabháin", ["sean o suilleabhain", "suilleabhain"]),
        ("Jean-Luc Picard", ["jean luc", "jeanluc", "jean\u{2010}luc", "picard jean"]),
        ("Bjørn Ærø", ["bjorn", "aero", "bjoern"]), ("Þóra Jónsdóttir", ["thora", "jonsdottir"]),
        ("İpek Yıldız", ["ipek", "yildiz", "İPEK"]), ("Ștefan Țepeș", ["stefan", "tepes", "tepeş"]),
        ("Dvořák", ["dvorak", "DVOŘÁK", "dvor\u{30C}a\u{301}k"]), ("Señor Ñandú", ["nandu", "senor"]),
        ("ﬁlip ﬂorist", ["filip", "florist"]), ("Σωκράτης", ["ΣΩΚΡΑΤΗΣ", "σωκρατησ"]),
        ("Алёна Королёва", ["алена", "королева"]),
        ("司馬光", ["司马光", "simaguang", "司马 光", "smg"]), ("欧阳修", ["歐陽修", "ouyang", "ou yang xiu", "oyx"]),
        ("臺灣積體電路製造", ["台湾积体电路", "taiwanji"]),
        ("单田芳", ["shantianfang", "單田芳", "shan tian"]), ("曾国藩", ["zengguofan", "曾國藩"]),
        ("重庆小面", ["chongqing", "重慶", "cqxm"]), ("吕布", ["lvbu", "lubu", "呂布"]), ("张伟", ["zhangwei", "張偉", "zw"]),
        ("ｶﾞｽ商事", ["ガス商事", "ガス"]), ("ＡＢＣ株式会社", ["abc", "ABC株式会社"]), ("김철수", ["김 철수", "김철"]),
        (
            "Rechtsanwaltskanzlei Donaudampfschifffahrt",
            ["donaudampfschifffahrt", "rechtsanwaltskanzlei"]
        ),
        ("AT&T Wireless", ["at&t"]), ("Dr. Oetker", ["oetker"]),
    ]
    /// Others whose names are near them.
    private static let others = [
        "Juergen Maller", "Moller Bau", "Miller Ann", "Zora Brand", "Weisberger", "Tran Anh", "Thi Ha", "Nguyen Hoa",
        "Lukas Zolar",
        "Conrad Neal", "Sean Connery", "Jeanne Lucas", "Bjarne Aro", "Thor Johnson", "Stefano Rossi", "Dvorsky",
        "Philip Flores",
        "Sokrates Papa", "Alan King", "司马懿", "欧阳锋", "台湾银行", "单于", "曾志伟", "重阳", "吕不韦", "张三丰", "章伟", "陕田", "瓦斯", "金哲秀",
        "Donald Dampf", "Rechtler", "Wireless World", "Dr. Otto", "Simon Agassi", "Shannon Tian", "Zeng Guo Fang Lee",
        "Abigail Cole", "Tepper Stef", "Nanda Sen", "Straub", "Sohni Rai", "Smgard Ole", "Lu Buwei", "Zwick Ada",
    ]

    @Test @Loop func noneOfTheQueriesMissesItsName() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        for name in Self.writings.map(\.0) + Self.others {
            _ = try await service.make("/v1/parties", #"{"name":"\#(name)"}"#)
        }
        let queries = Self.writings.flatMap { name, typed in typed.map { (name, $0) } }
        #expect(queries.count == 91)
        var missed: [String] = []
        var wrong: [String] = []
        var behind: [String] = []
        for (name, typed) in queries {
            let answer = try await service.send(.get, "/v1/parties?limit=10&search=\(percentEncoded(typed))")
            let found = try answer.json(FoundParties.self).items.map(\.name)
            if !found.contains(name) { missed.append("\(name) by \(typed): \(found)") }
            // Who is meant stands before those who are only near.
            if found.first != name { behind.append("\(typed): \(found.first ?? "-") before \(name)") }
            wrong += found.filter { $0 != name }.map { "\(typed): \($0)" }
        }
        print(
            "\(queries.count) queries, \(missed.count) missed, \(wrong.count) wrong hits among the first ten, \(behind.count) before who is meant: \(behind)"
        )
        #expect(missed.isEmpty, "\(missed)")
        #expect(wrong.count <= 40 && behind.count <= 3, "\(wrong) \(behind)")
    }
}

/// Lists stand as the reader's language has them.
@Suite struct ListLanguageTests {
    @Test(arguments: [
        ("sv", ["Ahlberg", "Zander", "Åberg", "Ärlig", "Önnig"]),
        ("de", ["Åberg", "Ahlberg", "Ärlig", "Önnig", "Zander"]),
        ("da", ["Ahlberg", "Zander", "Ärlig", "Önnig", "Åberg"]),
        ("zh-CN", ["欧阳修", "单田芳", "王伟", "曾国藩", "张三"]), ("pl", ["Lis", "Łoś", "Mak"]),
        ("es", ["Nube", "Ñu", "Oca"]), ("cs", ["Cibule", "Čáp", "Hora", "Chata"]),
    ])
    @Loop func namesStandInTheOrderOfTheReadersLanguage(_ language: String, _ expected: [String]) async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        for name in expected.reversed() { _ = try await service.make("/v1/parties", #"{"name":"\#(name)"}"#) }
        var found: [String] = []
        var after = ""
        repeat {
            let page = try await service.send(.get, "/v1/parties?limit=2&sort=name&language=\(language)\(after)")
                .json(FoundParties.self)
            found += page.items.map(\.name)
            after = page.next.map { "&after=\(percentEncoded($0))" } ?? ""
        } while !after.isEmpty && found.count < 20
        #expect(found == expected)
    }

    @Test @Loop func theDatabaseKnowsTheOrderOfEachOfThem() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        for language in ListLanguage.apart.sorted() + ["no", "fr", "zh-Hant"] {
            let answer = try await service.send(.get, "/v1/parties?language=\(language)")
            #expect(answer.status == 200, "\(language) \(answer.text)")
        }
        #expect(try await service.send(.get, "/v1/parties?language=x%22y").status == 400)
    }
}
