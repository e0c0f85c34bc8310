"""Makes the databases of one version, for the test that later versions migrate them.

    python3 Tests/Fixtures/maker .build/release Tests/Fixtures/databases/2026-11-30
"""
import argparse
import json
import os
import re
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True

import answers
import operations
import people
import work
from suite import SERVICES, Suite

# What a service empties at once is put back as it stands there for a moment; what needs thousands of orders is said.
PASSING = {
    "contacts": """
        INSERT INTO contacts.duplicate_check (party_id) SELECT id FROM contacts.party ORDER BY id LIMIT 2;
        INSERT INTO contacts.month_stale SELECT currency, max(month) FROM contacts.party_month GROUP BY 1;
        WITH waiting AS (
            INSERT INTO contacts.party_import (id, state, format, options, bytes, chunks)
            SELECT gen_random_uuid(), 'queued', 'csv', options, 10, 1 FROM contacts.party_import LIMIT 1 RETURNING id)
        INSERT INTO contacts.import_chunk (import_id, seq, bytes) SELECT id, 0, '\\x6e616d650a5069610a' FROM waiting;
        INSERT INTO contacts.party_prediction (party_id, currency, run_id, alive, purchases, spend, lifetime_value)
        SELECT v.party_id, v.currency, r.id, 0.9, 3.2, 1500000, 4800000 FROM contacts.party_value v
        JOIN contacts.model_run r USING (currency) ORDER BY v.party_id LIMIT 2;
        """,
    "campaigns": """
        INSERT INTO campaigns.timer (due_at, kind, key)
        SELECT now(), 'campaign-page', id::text FROM campaigns.campaign ORDER BY id LIMIT 1
        ON CONFLICT DO NOTHING;
        """,
}


def fill(suite):
    """Plays a shop, then makes a few records of every kind; gives the ids."""
    suite.rapport("demo", "--orders", "40")
    customer = suite.sql(
        "SELECT r.party_id, r.reference FROM contacts.party_reference r JOIN contacts.party_value v USING (party_id) "
        "ORDER BY v.orders DESC, r.reference LIMIT 1")[0].split("|")
    ids = {"customer": customer[0], "number": customer[1]}
    for step in [
        people.contacts, work.sales, work.tickets, work.campaigns, people.privacy, operations.operations,
    ]:
        step(suite, ids)
    suite.end("broker")
    operations.unpublished(suite, ids)
    return ids


def shown(suite, ids):
    """What each service answers, once three looks are the same."""
    def look():
        return {
            service: {path: suite.get(service, path) for path in paths}
            for service, paths in answers.paths(ids).items()
        }
    looks = [look()]

    def settled():
        looks.append(look())
        return len(looks) > 2 and looks[-1] == looks[-2] == looks[-3]
    suite.until("answers that stay", settled)
    return looks[-1]


def dump(suite, service, out):
    """Writes a schema with its rows, without what only some versions of psql read."""
    text = suite.tool("pg_dump", f"--schema={service}", "--no-owner", "--no-privileges")
    with open(os.path.join(out, f"{service}.sql"), "w") as file:
        file.write(re.sub(r"^\\(un)?restrict .*\n", "", text, flags=re.MULTILINE))


def save(suite, service, body, out):
    """Ends a service and writes its schema and its answers; says what tables hold nothing."""
    suite.end(service)
    suite.sql(PASSING.get(service, "SELECT 1"))
    dump(suite, service, out)
    with open(os.path.join(out, f"{service}.json"), "w") as file:
        json.dump(body, file, ensure_ascii=False, indent=1)
        file.write("\n")
    tables = suite.sql(f"SELECT tablename FROM pg_tables WHERE schemaname = '{service}' ORDER BY 1")
    empty = [table for table in tables if not suite.rows(f"{service}.{table}")]
    print(f"{service}: {len(tables)} tables, empty: {', '.join(empty) or 'none'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", help="the folder of the version's programs")
    parser.add_argument("out", help="where the databases go")
    parser.add_argument("--tools", default="/usr/lib/postgresql/15/bin", help="the folder of pg_dump and psql")
    given = parser.parse_args()
    run = tempfile.mkdtemp(prefix="rapport-fixture-")
    # The server's user goes through it.
    os.chmod(run, 0o755)
    suite = Suite(given.programs, os.path.join(run, "run"), given.tools)
    os.makedirs(given.out, exist_ok=True)
    try:
        suite.rapport("up")
        answered = shown(suite, fill(suite))
        for service in SERVICES:
            save(suite, service, answered[service], given.out)
    finally:
        suite.rapport("down", "--wipe")
        shutil.rmtree(run)


if __name__ == "__main__":
    main()
