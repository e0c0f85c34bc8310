/// What handlers may know of the replay of a dead letter that they work in.
public enum Replay {
    /// Whether what is applied comes after its time and may undo nothing newer: a replay that was not forced.
    @TaskLocal public static var isCareful = false
}
