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
    /// Echoes a request; known, so that it is answered 405 and not 501, and allowed nowhere.
    case trace = "TRACE"
    /// Reads what a body asks for (draft of the IETF's HTTP group); likewise.
    case query = "QUERY"
}
