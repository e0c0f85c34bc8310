import CRMModel

@testable import Tickets

extension [Shipment] {
    /// The shipments as one carrier tells of them.
    var told: [ToldShipment] { map { ToldShipment(source: "/carrier", $0) } }
}
