/// Inputs that ended a reader, held it up or were read wrong, by the reader's name, cut as short as they could be.
enum FoundInputs {
    static let all: [String: [[UInt8]]] = [:]
}
