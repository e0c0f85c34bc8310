/// A made-up person.
struct Person {
    let name: String
    let email: String
    let phone: String
    let isChinese: Bool

    /// The name with one letter of each word wrong.
    var mistaken: String {
        name.split(separator: " ").map { word in
            var letters = Array(word)
            letters[letters.count / 2] = isChinese ? "某" : "q"
            return String(letters)
        }.joined(separator: " ")
    }

    /// The number as a person writes it, without the country.
    var writtenPhone: String {
        let digits = phone.dropFirst(3)
        return "0\(digits.prefix(3)) \(digits.dropFirst(3).prefix(3))-\(digits.dropFirst(6))"
    }
}

/// Made-up people, the same for the same number: names of syllables, so that words are many and pieces of them common.
struct People {
    private static let starts = [
        "Al", "Ber", "Car", "Dan", "El", "Fran", "Gar", "Han", "Is", "Jo", "Kar", "Lin", "Mar", "Nor", "Ol", "Pat",
        "Ros",
        "Sam", "Tom", "Wil",
    ]
    private static let middles = [
        "an", "ber", "che", "di", "el", "fre", "go", "hi", "li", "mo", "na", "ri", "si", "to", "vi",
    ]
    private static let ends = [
        "a", "bert", "da", "e", "ford", "ham", "ie", "la", "ley", "man", "na", "o", "son", "ton", "us", "wick",
    ]
    private static let families = Array("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧")
    private static let given = Array("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国志文斌宇浩晨轩欣怡佳思雨梓涵子萱一诺")
    private static let countries = ["CN", "GB", "US", "DE", "FR"]

    let seed: UInt64
    init(seed: UInt64) { self.seed = seed }

    /// SplitMix64 (Steele, Lea, Flood 2014), drawn by number and place.
    private func draw(_ number: Int, _ place: UInt64, _ bound: Int) -> Int {
        var z = seed &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15 &+ place &* 0xD1B5_4A32_D192_ED03
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ (z >> 31)) % UInt64(bound))
    }

    mutating func person(_ number: Int) -> Person {
        func pick<T>(_ list: [T], _ place: UInt64) -> T { list[draw(number, place, list.count)] }
        let isChinese = number % 5 == 0 || draw(number, 9, 4) == 0
        let name: String
        if isChinese {
            name =
                "\(pick(Self.families, 1))\(pick(Self.given, 2))"
                + (draw(number, 3, 5) > 0 ? "\(pick(Self.given, 4))" : "")
        } else {
            let first = pick(Self.starts, 1) + pick(Self.middles, 2) + pick(Self.ends, 3)
            name =
                first + " " + pick(Self.starts, 4) + pick(Self.middles, 5) + pick(Self.middles, 6) + pick(Self.ends, 7)
        }
        return Person(
            name: name, email: "u\(number)@mail\(draw(number, 8, 50)).example",
            phone: "+86\(13_000_000_000 + number * 7)",
            isChinese: isChinese)
    }

    /// A line of the file; one in a hundred is a person told before.
    mutating func line(_ number: Int) -> String {
        let isTwice = number % 100 == 99
        let person = person(isTwice ? number - 50 : number)
        let country = Self.countries[number % 5]
        return "\(person.name),\(person.email),\(person.phone),\(country),\(number % 999 == 7 ? "vip7" : "")\n"
    }
}
