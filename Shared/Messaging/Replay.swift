/// What handlers may know of how what they are given came.
public enum Replay {
    /// Whether it comes after its time, so that what was told behind it may be applied already: a dead letter that is replayed, or a
    /// parked message. It stands where it stood in its topic.
    @TaskLocal public static var isLate = false
}
