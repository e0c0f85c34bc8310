import Campaigns
import ServiceKit

@main
struct Main {
    static func main() { ServiceCommand.run(CampaignsService.self) }
}
