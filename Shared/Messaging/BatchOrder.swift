import Kafka

extension BatchApplication {
    struct HandlerCall {
        let group: Subscriptions.Group
        var data: [any Sendable]
    }

    /// Groups events by who handles them without changing the order of any key of a topic: an event goes into the first wave in which all
    /// earlier events of its key are of its group or in waves before. Between topics there is no order to keep.
    func ordered(_ fresh: [BatchItem]) -> [HandlerCall] {
        struct Key: Hashable {
            let topic: String
            let key: String
        }
        struct Place: Hashable {
            let wave: Int
            let group: ObjectIdentifier
        }
        var last: [Key: Place] = [:]
        var calls: [Place: HandlerCall] = [:]
        var order: [Place] = []
        for item in fresh {
            guard case .event(let event, let data, let handler) = item.content else { continue }
            let key = Key(topic: item.record.origin.topic, key: event.key)
            let group = ObjectIdentifier(handler.group)
            var place = Place(wave: 0, group: group)
            if let earlier = last[key] {
                place = Place(wave: earlier.group == group ? earlier.wave : earlier.wave + 1, group: group)
            }
            last[key] = place
            if calls[place] == nil {
                calls[place] = HandlerCall(group: handler.group, data: [])
                order.append(place)
            }
            calls[place]?.data.append(data)
        }
        let places = order.enumerated().sorted { a, b in
            func rank(_ place: Place) -> Int { place.wave * 2 + (calls[place]?.group.isFirst == true ? 0 : 1) }
            return (rank(a.element), a.offset) < (rank(b.element), b.offset)
        }
        return places.compactMap { calls[$0.element] }
    }
}
