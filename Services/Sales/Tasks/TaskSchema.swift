import Postgres

/// What came to the table of tasks.
enum TaskSchema {
    static let newest = Migration(
        "m202611301544_task_newest",
        """
        -- The id follows from what the task is about, so the newest are found by their time.
        CREATE INDEX task_newest ON task (created_at, id);
        """)
}
