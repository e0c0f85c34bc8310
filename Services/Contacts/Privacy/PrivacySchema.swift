import Postgres

/// The tables of erasures and archives.
enum PrivacySchema {
    static let migrations = [erasures, archives]

    private static let erasures = Migration(
        "m0036_erasures",
        """
        -- Who was forgotten, when and why, and what each service answered. Nothing of the person stands here.
        CREATE TABLE erasure (
            id uuid PRIMARY KEY, party_id uuid NOT NULL, parties uuid[] NOT NULL, requested_by text, reason text,
            requested_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE TABLE erasure_receipt (
            erasure_id uuid NOT NULL REFERENCES erasure, party_id uuid NOT NULL, service text NOT NULL,
            completed_at timestamptz NOT NULL DEFAULT now(), lines jsonb NOT NULL,
            PRIMARY KEY (erasure_id, party_id, service)
        );
        """)

    private static let archives = Migration(
        "m0037_archives",
        """
        -- What was gathered on persons who asked for it, for a week: who asked when, and what each service delivered.
        CREATE TABLE party_archive (
            id uuid PRIMARY KEY, party_id uuid NOT NULL, parties uuid[] NOT NULL, requested_by text,
            requested_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE TABLE archive_piece (
            archive_id uuid NOT NULL REFERENCES party_archive ON DELETE CASCADE, party_id uuid NOT NULL,
            service text NOT NULL, piece bigint NOT NULL, pieces bigint NOT NULL, bytes bytea NOT NULL,
            PRIMARY KEY (archive_id, service, party_id, piece)
        );
        CREATE INDEX archive_piece_of ON archive_piece (party_id);
        """)
}
