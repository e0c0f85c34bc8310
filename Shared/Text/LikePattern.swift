/// Patterns of SQL's LIKE.
public enum LikePattern {
    /// What is just this text: its own wildcards are taken literally.
    public static func literal(_ text: String) -> String {
        text.replacing(["\\": "\\\\", "%": "\\%", "_": "\\_"])
    }
}
