import Contacts
import ServiceKit

@main
struct Main {
    static func main() { ServiceCommand.run(ContactsService.self) }
}
