/// The status code of an answer.
public struct Status: RawRepresentable, Hashable, Sendable, ExpressibleByIntegerLiteral {
    /// The code, 100 to 599.
    public let rawValue: Int
    /// Takes a code.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// Takes a code.
    public init(integerLiteral value: Int) { rawValue = value }

    /// 200.
    public static let ok: Status = 200
    /// 201.
    public static let created: Status = 201
    /// 202.
    public static let accepted: Status = 202
    /// 204.
    public static let noContent: Status = 204
    /// 303.
    public static let seeOther: Status = 303
    /// 304.
    public static let notModified: Status = 304
    /// 400.
    public static let badRequest: Status = 400
    /// 401.
    public static let unauthorized: Status = 401
    /// 403.
    public static let forbidden: Status = 403
    /// 404.
    public static let notFound: Status = 404
    /// 409.
    public static let conflict: Status = 409
    /// 412.
    public static let preconditionFailed: Status = 412
    /// 413.
    public static let contentTooLarge: Status = 413
    /// 422.
    public static let unprocessable: Status = 422
    /// 429.
    public static let tooManyRequests: Status = 429
    /// 500.
    public static let internalError: Status = 500
    /// 503.
    public static let unavailable: Status = 503

    /// Whether an answer with this code has no body by definition.
    public var isBodyless: Bool { rawValue < 200 || rawValue == 204 || rawValue == 304 }

    /// The phrase of the standard, `Not Found`; empty for unknown codes.
    public var reason: String {
        switch rawValue {
        case 100: "Continue"
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 206: "Partial Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 422: "Unprocessable Content"
        case 428: "Precondition Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: ""
        }
    }
}
