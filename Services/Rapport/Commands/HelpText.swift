/// What `rapport help` and `rapport <command> --help` print.
enum HelpText {
    static let overview = """
        rapport runs the suite on this machine.

          rapport up                start PostgreSQL, the Broker, the services, and a supervisor that keeps watch of them
          rapport down              stop them all; --wipe deletes the data too
          rapport status            what runs, whether it is ready, memory, lag, outbox
          rapport reconcile         compare the order topic with what the services hold
          rapport dead-letters      list, show, replay or discard what services have put aside
          rapport held              list, release or discard what only a person can decide after a service lost its past
          rapport backup <folder>   keep the services' data; rapport restore brings it back
          rapport lag               where each service stands in each topic
          rapport rebuild <service> build read models anew from the topics, compare them with the live ones, swap them
          rapport import <files>    bring in files of people, or the exports of Salesforce, HubSpot, EspoCRM or Odoo
          rapport keys              list, make and end the keys by which programs, partners and scripts ask
          rapport topics            list, describe, create, alter and delete the topics of the broker
          rapport users             list, add and end users of the Broker for programs of others, such as an ERP
          rapport events            follow the events of topics, or publish one
          rapport audit             take the audit out, and check that nothing of it was changed
          rapport scale <service> N let a service have N processes
          rapport restart [name]    start services anew without a gap, or one program
          rapport kill <name>       end one with signal 9, to see it come back

        Programs of their own: rapport-demo plays an ERP through the suite (make demo), rapport-chaos is the fault
        rig (make chaos), rapport-bench measures (make bench).

        All take --run DIR, the folder of data, logs and state (.run beside the package).
        rapport <command> --help says more.
        """

    static let commands = [
        "up": """
        rapport up [--run DIR]
        Starts what does not run: a private PostgreSQL, the Broker, the services after their migrations.
        What runs already is left alone, unless it was built anew or its settings have changed.
        A supervisor goes on in the background and starts again whatever dies: after 0.2 s, doubled each time to 30 s, as
        often as it takes, and from the beginning once it has lived for a minute. log/supervisor.log says what and why. Where
        the supervisor itself has died, all runs on, status says so, and up starts it again. After a reboot up brings all back.
        DATABASE_URL names another PostgreSQL (an administrator's address; roles and schemas are made there),
        KAFKA_BROKERS another Kafka; then ours is not started.
        Settings of the services (SMTP_URL, FIRM_ZONE, ...) are kept with the run: a later up without them goes on with them and
        says so, one that says others says what changes, and an empty one (SMTP_URL=) takes it away.
        """,
        "down": """
        rapport down [--wipe] [--run DIR]
        Stops the supervisor, then all programs that were started. --wipe deletes data, logs, ports and passwords too; a PostgreSQL
        or Kafka that is not ours is left as it is.
        """,
        "status": """
        rapport status [--run DIR]
        Shows each program: process, address, readiness, resident memory, events not applied yet (lag), events not
        published yet (outbox), and how often and why it had to be started again. A service of several processes has a line
        as a whole and one for each. Status 0 when all are ready, else 1.
        """,
        "reconcile": """
        rapport reconcile [--follow [--every SECONDS]] [--run DIR]
        --follow compares the documents again and again (every 10 seconds) until it is interrupted, and names what differs twice running.
        Compares, thing by thing, what all services hold with what the topics say: the ERP's documents in contacts, sales and
        campaigns (customer, currency, amount, whether cancelled), and customers, products, orders, shipments, rates, consents
        and merged parties in each service that holds them. Status 0 for PASS, 1 when anything differs.
        """,
        "dead-letters": """
        rapport dead-letters list [service] [filter] [--status open|resolved|discarded|any] [--each]
        rapport dead-letters show <service> <id>
        rapport dead-letters mend <service> <id> [--data JSON | --data @FILE] [--header NAME=VALUE]... --reason TEXT
                                  [--everywhere] [--replay]
        rapport dead-letters replay <service> <id>... | filter | --all [--reason TEXT] [--force]
        rapport dead-letters discard <service> <id>... | filter | --all --reason TEXT
        rapport dead-letters audit [service]
        A filter is --group G, --topic T, --type T, --class C, or several of them. list shows groups that failed alike, by cause;
        --each shows each message. Mend puts other data or headers in the place of what is wrong; --everywhere in all services in
        which the same message lies, --replay applies it at once. The message as it came, who mended it and why are kept. Replay applies a message in the service itself, each key's oldest first, and what was
        applied before is not applied again; --force applies also what later events of its key have overtaken.
        """,
        "held": """
        rapport held [list] [service] [--kind KIND] [--state held|released|discarded|any]
        rapport held release <service> <number>... | --all [--kind KIND] --reason TEXT
        rapport held discard <service> <number>... | --all [--kind KIND] --reason TEXT
        A service that lost its data, or went back to a backup, does not do again what it was asked for before. Of some deeds nobody
        can know whether they were done: a mail that was asked for, and of which no outcome was told. They are held until a person
        decides: release does them now, discard gives them up. Who decided and why is kept.
        """,
        "backup": """
        rapport backup <folder> [service]... [--run DIR]
        Keeps the data of services, of all that were built unless some are named, in a folder that is new or empty: a file of pg_dump for
        each, and manifest.json, which says how far each had read and told. The services go on meanwhile. Uses pg_dump of the newest
        PostgreSQL that is installed.
        """,
        "restore": """
        rapport restore <folder> [service]... --reason TEXT [--yes] [--run DIR]
        Brings services back to a backup, all that are in the folder unless some are named. First it looks whether these programs and this
        server can take it; without --yes it only says what it would replace. What there is then is kept in the folder before.
        A service goes on in another life (who and why is kept): from its topics it takes what it told since the backup, so that nothing
        is sent, opened or ordered twice, withdrawals and erasures hold, and what nobody can know is held for a person (rapport held).
        What no event tells, such as the threads of tickets, is as the backup has it; it is named at the end.
        """,
        "lag": """
        rapport lag [--partitions] [--run DIR]
        Shows for each service and topic (or partition) the stored position, the end of the log and the difference.
        """,
        "rebuild": """
        rapport rebuild <service> [--check | --force] [--reason TEXT] [--run DIR]
        Applies the topics from their beginning to new tables beside the live ones, while the service goes on; then lets its
        writers wait for a moment, compares number and hash of the rows of each table, and swaps the tables where all are
        equal. Status 0 where they are, else 1. What people made over HTTP is no such table: it is in no topic alone.
          --check        compare only
          --force        swap although they differ: the new ones are right where the live ones were damaged
        """,
        "audit": """
        rapport audit fetch FOLDER [--service NAME]
        rapport audit verify FOLDER [--kept FILE]
        fetch takes the audits out, of all services or of one: entries, the last signed head of their tree, the key that checks it.
        verify holds the entries against that head, and against one that was kept from before, and asks nobody: it finds
        any entry that was changed, taken out or put elsewhere since a head was signed.
        """,
        "import": """
        rapport import <file or folder>... [--dry-run] [--duplicates skip|update|create] [--report FILE] [--run DIR]
        rapport import --undo ID [--run DIR]
        Brings in a file of people (CSV, XLSX, vCard), or all that another system has exported: a folder of its files, several files, or
        the ZIP that it gave. Files are known by their headings: accounts, contacts, their relations, notes and consents of Salesforce,
        HubSpot, EspoCRM and Odoo. References are kept, so that a set that is brought again finds what it brought.
          --dry-run      says what would be done, row by row, and changes nothing
          --duplicates   what happens to rows that a party is already; skip unless given: only what they add comes in
          --report FILE  writes what became of each row that was refused, skipped or odd in part, as CSV
          --undo ID      takes an import back; parties changed since are kept
        """,
        "keys": """
        rapport keys [list] [--run DIR]
        rapport keys add NAME --right RIGHT... [--days N | --until DAY]
        rapport keys end ID | NAME
        rapport keys rights
        Whoever asks a service sends Authorization: Bearer with a key; add shows its text once, and of it only a digest is kept. A right is
        an area and an action, parties.read, parties.* or *.read; rights lists them. A key is good for a year unless said otherwise.
        Until the first key is made, and without API_TOKEN, services let every program of this machine in. API_TOKEN is an administrator's key.
        """,
        "topics": """
        rapport topics [list] [--all] [--json]
        rapport topics describe NAME... [--json]
        rapport topics create NAME [--partitions N] [--set KEY=VALUE]...
        rapport topics alter NAME [--partitions N] [--set KEY=VALUE]... [--unset KEY]...
        rapport topics delete NAME... --yes
        Works on the suite's Broker, or on the Kafka that KAFKA_BROKERS names; KAFKA_SECURITY_PROTOCOL,
        KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD, KAFKA_SSL_CA_LOCATION and so on are passed to
        librdkafka as security.protocol, sasl.mechanism and so on.
          --all          internal topics too
          --partitions N how many; 12 for a new topic, and more than before for one that is there
          --set, --unset settings such as retention.ms=604800000; unset gives the broker's own again
          --json         for programs
        """,
        "users": """
        rapport users [list]
        rapport users add NAME [--write TOPIC,...] [--read TOPIC,...] [--librdkafka FILE] [--java FILE]
        rapport users end NAME
        rapport users acls
        The suite's Broker asks everybody who he is. Each service has a user of its own with rights by topic; who runs the suite works as
        `operator`, whose settings for kcat and other clients of librdkafka are in operator.properties of the suite's folder.
        add makes a user for somebody else, or gives one a new password, and prints what a client needs, for kcat and for Java; with
        --librdkafka or --java that goes into files instead. Reading, a user has a consumer group of its name.
        end takes a user away; its connections end within a second.
        acls prints the rights of the suite's own users as lines for kafka-acls of Apache Kafka.
        """,
        "events": """
        rapport events [tail] [TOPIC...] [--from WHERE] [--until-end] [--max N] [--partition P]
                       [--key KEY] [--type TYPE] [--json]
        rapport events publish TOPIC --key KEY --type TYPE --source SOURCE [--data JSON | --data @FILE]
                       [--id ID] [--time TIME] [--header NAME=VALUE]... [--structured] [--unchecked]
        Shows events as they come, until interrupted; without topics those of all. Brokers as for rapport topics.
          --from WHERE   end (what comes from now on, the default), beginning, an offset, a time such as
                         2026-01-31T08:00:00Z, or how long ago: 90s, 15m, 2h, 3d
          --until-end    stop at what is the end now
          --max N        stop after N events
          --key KEY      only events of this key
          --type TYPE    only this type, with or without its version; crm.sales.* for all that begin so
          --json         a line of JSON for each
        publish takes the data from standard input unless --data gives it; the id is drawn and the time is now unless given.
        It answers when the broker has the event for good. What no contract knows, and what every service would put aside, is
        refused with the member that is wrong; --unchecked publishes it all the same, to see what becomes of it.
        """,
        "restart": """
        rapport restart [service | process | postgres | broker] [--run DIR]
        Starts services anew, without a name all, with the settings that they had (up applies others), as after a new build.
        First it looks whether the programs, the databases and the broker are there, and brings the schemas up to date; what is
        missing stops nothing. Then each process, contacts-2 or one after the other, gets a new one beside it on the same
        port, which takes its place once it is ready; one that does not become ready is ended, and the one before goes on.
        postgres and broker are stopped in order and started again; the services wait for them.
        """,
        "scale": """
        rapport scale <service> N [--run DIR]
        Lets a service have N processes on this machine, 1 to 12: a topic has 12 partitions, and a further process would read
        nothing. The second of contacts is contacts-2; each has a port and a log of its own. The number is remembered. Those that
        are too many are stopped in order: each hands over its partitions before it ends.
        """,
        "kill": """
        rapport kill <name> [--run DIR]
        Kills postgres, broker or a process of a service with signal 9, and waits until the supervisor has started it again.
        """,
    ]
}
