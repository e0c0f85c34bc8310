import CRMModel
import Messaging
import ServiceKit

extension Capability {
    /// What sales makes of leads: parties, and their end where that is taken back.
    static let conversions = Capability(
        "conversions", "what sales makes of leads: parties, and their end where that is taken back",
        statements: ConversionStore.statements
    ) { _ in
        CapabilityParts {
            $0.on(ConversionHandlers.heard, foresee: ConversionHandlers.foresee, ConversionHandlers.apply)
        }
    }
}
