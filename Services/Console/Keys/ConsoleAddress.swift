import EventLoop
import ServiceKit

/// The address under which people reach the console; links begin with it.
@Loop
final class ConsoleAddress {
    let text: String

    init(_ context: ServiceContext) throws {
        let given = try context.settings.value(
            Setting<String>(
                "CONSOLE_URL", default: "http://127.0.0.1:8080",
                help: "the address under which people reach this service; links begin with it"))
        text = given.hasSuffix("/") ? String(given.dropLast()) : given
    }
}
