import EventLoop
import HTTP

/// The names of the members that an object of JSON has, of the object itself and not of what stands in it, and none of its values.
enum SaidMembers {
    /// As many are told; a body with more is told by its first.
    private static let most = 50

    /// Reads them; none of what is no object. The body was found to be JSON by the letter before.
    static func names(in json: [UInt8]) -> [String] {
        var names: [String] = []
        var depth = 0
        var isName = false
        var place = 0
        while place < json.count, names.count < most {
            switch json[place] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                // Of a list there is nothing to tell.
                guard depth > 1 || json[place] == UInt8(ascii: "{") else { return [] }
                isName = depth == 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ","): isName = depth == 1
            case UInt8(ascii: "\""):
                let end = end(of: json, from: place + 1)
                if depth == 1, isName {
                    names.append(String(decoding: json[place + 1..<end], as: UTF8.self))
                    isName = false
                }
                place = end
            default: break
            }
            place += 1
        }
        return names
    }

    private static func end(of json: [UInt8], from start: Int) -> Int {
        var place = start
        while place < json.count, json[place] != UInt8(ascii: "\"") {
            place += json[place] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(place, json.count)
    }
}
