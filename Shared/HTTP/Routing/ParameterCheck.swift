import EventLoop

extension Route {
    /// Holds a request's parameters against their declarations; throws a 400 problem that names all that are wrong.
    @Loop
    func check(_ request: Request) throws {
        let query = request.parsedQuery
        if let name = query.malformed {
            throw Problem(
                status: .badRequest, detail: "The query is malformed.",
                errors: [
                    FieldError(field: FieldError.shortened(name), message: "must be percent-encoded UTF-8 without NUL")
                ])
        }
        guard !parameters.isEmpty || !query.items.isEmpty else { return }
        var errors: [FieldError] = []
        var seen: Set<String> = []
        for item in query.items {
            if errors.count >= FieldError.most { break }
            guard let parameter = parameters.first(where: { $0.place == .query && $0.name == item.name }) else {
                let names = parameters.filter { $0.place == .query }.map(\.name)
                errors.append(.unknown(item.name, "is not a parameter of this operation", known: names))
                continue
            }
            if !seen.insert(item.name).inserted, !parameter.schema.isArray {
                errors.append(FieldError(field: item.name, message: "must come once"))
            } else if let complaint = parameter.schema.complaint(about: item.value) {
                errors.append(FieldError(field: item.name, message: complaint))
            }
        }
        for parameter in parameters {
            if let message = complaint(parameter, request, seen) {
                errors.append(FieldError(field: parameter.name, message: message))
            }
        }
        if !errors.isEmpty { throw Problem(errors) }
    }

    @Loop
    private func complaint(_ parameter: Parameter, _ request: Request, _ sent: Set<String>) -> String? {
        switch parameter.place {
        case .query: return parameter.isRequired && !sent.contains(parameter.name) ? "is required" : nil
        case .path: return parameter.schema.complaint(about: request.path(parameter.name))
        case .header:
            guard let value = request.headers[parameter.name] else {
                return parameter.isRequired ? "is required" : nil
            }
            return parameter.schema.complaint(about: value)
        }
    }
}
