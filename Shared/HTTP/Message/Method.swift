/// The request methods that the server knows; any other is answered 501.
public enum Method: String, Sendable, CaseIterable {
    /// Reads.
    case get = "GET"
    /// Reads, without the body of the answer.
    case head = "HEAD"
    /// Creates or does.
    case post = "POST"
    /// Replaces.
    case put = "PUT"
    /// Changes in part.
    case patch = "PATCH"
    /// Removes.
    case delete = "DELETE"
    /// Asks for the methods of a path.
    case options = "OPTIONS"
}
