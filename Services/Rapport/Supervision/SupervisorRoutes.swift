import Crypto
import EventLoop
import FoundationEssentials
import HTTP

/// What commands ask of the supervisor, on loopback, with the suite's secret.
@Loop
struct SupervisorRoutes {
    private let supervisor: Supervisor
    private let secret: String

    init(_ supervisor: Supervisor, secret: String) {
        self.supervisor = supervisor
        self.secret = secret
    }

    var all: [Route] {
        [
            route(.post, "/programs", "Starts a program") { supervisor, request in
                try await supervisor.launch(
                    try JSONDecoder().decode(Launch.self, from: Data(try await request.body(limit: 1 << 20))))
            },
            route(.get, "/programs/{id}/readiness", "Whether it has said that it is ready") { supervisor, request in
                supervisor.isReady(Int32(request.path("id")) ?? 0)
            },
            route(.get, "/environment", "The settings of what is started") { supervisor, _ in supervisor.environment },
            route(.put, "/environment", "Other settings for what is started from now on") { supervisor, request in
                supervisor.environment = try JSONDecoder().decode(
                    [String: String].self, from: Data(try await request.body(limit: 1 << 20)))
                return true
            },
        ]
    }

    private func route<Answer: Encodable>(
        _ method: HTTP.Method, _ path: String, _ summary: String,
        _ answer: @escaping @Loop @Sendable (Supervisor, Request) async throws -> Answer
    ) -> Route {
        Route(
            method, path, summary, tag: "supervisor", access: .operate,
            body: method == .get ? .none : .json(.any), gives: .json(.any)
        ) { [supervisor, secret] request in
            let given = request.headers["authorization"] ?? ""
            guard constantTimeEqual(Array(given.utf8), Array("Bearer \(secret)".utf8)) else {
                throw Problem(status: 401, detail: "This needs the suite's secret.")
            }
            do {
                return try Response(.ok, json: try await answer(supervisor, request))
            } catch let error as SuiteError {
                throw Problem(status: 409, detail: error.description)
            } catch let error as UVError {
                throw Problem(status: 409, detail: error.description)
            }
        }
    }
}
