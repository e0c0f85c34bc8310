import CRMModel

/// How a row of the outbox becomes a message.
extension RelaySession {
    private static let yes = Array("1".utf8)
    private static let specversion = Array("1.0".utf8)
    private static let json = Array("application/json".utf8)
    private static let binary = Array("application/octet-stream".utf8)

    /// The value of a row's message; its headers are in `headers`.
    func message(of row: OutboxRow) throws -> [UInt8]? {
        headers.removeAll(keepingCapacity: true)
        headers.append(("ce_specversion", Self.specversion))
        headers.append(("ce_id", row.event))
        headers.append(("ce_source", source))
        headers.append(("ce_type", row.kind.type))
        headers.append(("ce_time", RFC3339.bytes(row.time)))
        if let sequence = row.sequence { headers.append(("ce_sequence", Array(String(sequence).utf8))) }
        if let epoch { headers.append(("ce_epoch", epoch)) }
        headers.append(("ce_place", Array(String(row.id).utf8)))
        if row.isPast, !PlantedBug.pastNotCarried.isPlanted { headers.append(("ce_past", Self.yes)) }
        if let trace = row.trace { headers.append(("traceparent", trace)) }
        guard row.kind.isSealed else {
            headers.append(("content-type", Self.json))
            return row.payload
        }
        let (value, version) = try sealed(row)
        headers.append(("content-type", Self.binary))
        headers.append(("ce_sealed", Array(String(version).utf8)))
        return value
    }
}
