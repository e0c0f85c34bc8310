import FoundationEssentials
import Postgres

/// The SQL of absences.
enum AbsenceStore {
    static let statements: [any Preparable] = [persons]

    static let persons = Query(
        "absence.persons", takes: [UUID].self, gives: UUID.self,
        sql: "SELECT id FROM person WHERE id = ANY($1::uuid[])")

    static let migration = Migration(
        "m202611302218_absences",
        """
        -- When somebody is away, from the first to the last day in his zone, and who stands in.
        CREATE TABLE absence (
            id uuid PRIMARY KEY, version bigint NOT NULL DEFAULT 1, person_id uuid NOT NULL,
            from_day date NOT NULL, until_day date NOT NULL CHECK (from_day <= until_day), substitute_id uuid,
            status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'ended')),
            created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX absence_by_person ON absence (person_id, until_day);
        """)
}
