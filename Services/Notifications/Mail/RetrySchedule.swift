/// When a message that could not be sent is tried again: pauses that grow threefold, up to four hours, with jitter.
struct RetrySchedule {
    /// How often a message is tried at most; with twelve attempts it is given up after about a day.
    var attempts = 12
    var first = 10.0
    var longest = 14_400.0

    /// Seconds until the next attempt, between half of the pause and all of it; nil when no attempt is left. `chance` is from 0 to 1.
    func pause(after attempt: Int, chance: Double = .random(in: 0...1)) -> Double? {
        guard attempt < attempts else { return nil }
        var pause = first
        for _ in 1..<max(2, attempt) where attempt > 1 { pause = min(longest, pause * 3) }
        return pause * (0.5 + 0.5 * chance)
    }
}
