import ServiceKit

extension Capability {
    /// How messages get to their mail server, tried again until they do.
    static let delivery = Capability(
        "delivery", "how messages get to their mail server, tried again until they do",
        statements: DeliveryStore.statements
    ) { context in
        let settings = try MailSettings(context.settings)
        let worker = DeliveryWorker(context, settings, try settings.transport())
        return CapabilityParts(background: [{ await worker.run() }])
    }
}
