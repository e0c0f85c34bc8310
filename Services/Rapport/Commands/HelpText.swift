/// What `rapport help` and `rapport <command> --help` print.
enum HelpText {
    static let overview = """
        rapport runs the suite on this machine.

          rapport up                start PostgreSQL, the Broker and the services
          rapport down              stop them all; --wipe deletes the data too
          rapport status            what runs, whether it is ready, memory, lag, outbox
          rapport demo              play an ERP's orders through all services and check the result
          rapport reconcile         compare the order topic with what the services hold
          rapport bench             measure, beside limits and peers in the same run
          rapport restart <name>    stop one program in order and start it again
          rapport kill <name>       the same with kill -9

        All take --run DIR, the folder of data, logs and state (.run beside the package).
        rapport <command> --help says more.
        """

    static let commands = [
        "up": """
        rapport up [--run DIR]
        Starts what does not run: a private PostgreSQL, the Broker, the services after their migrations.
        What runs already is left alone, unless it was built anew or its settings have changed.
        DATABASE_URL names another PostgreSQL (an administrator's address; roles and schemas are made there),
        KAFKA_BROKERS another Kafka; then ours is not started.
        """,
        "down": """
        rapport down [--wipe] [--run DIR]
        Stops all programs that were started. --wipe deletes data, logs, ports and passwords too; a PostgreSQL
        or Kafka that is not ours is left as it is.
        """,
        "status": """
        rapport status [--run DIR]
        Shows each program: process, address, readiness, resident memory, events not applied yet (lag) and
        events not published yet (outbox). Status 0 when all are ready, else 1.
        """,
        "demo": """
        rapport demo [--orders N | --file PATH] [--rate R] [--fresh | --keep] [--run DIR]
        Starts the suite, plays an ERP and its carrier onto the topics, waits until every service has applied
        all of it, and reconciles. Programs that die meanwhile are started again.
          --orders N   a made-up shop with N orders (20,000 unless there is a real file)
          --file PATH  orders from a file in the form of UCI Online Retail, .csv or .csv.gz
          --rate R     at most R orders a second
          --fresh      delete all data first; --keep, the default, keeps it: playing twice changes nothing
        """,
        "reconcile": """
        rapport reconcile [--run DIR]
        Reads the whole topic erp.orders and compares, document by document, what contacts, sales and campaigns
        hold: customer, currency, amount, whether cancelled. Status 0 for PASS, 1 when anything differs.
        """,
        "bench": """
        rapport bench [programs | apply | flow | latency | http | sight | contacts]
        Starts a PostgreSQL and a Broker of its own in .run/bench, measures on them, and stops them. DATABASE_URL and
        KAFKA_BROKERS name others; the schema contacts of that database is deleted.
        """,
        "restart": """
        rapport restart <name> [--run DIR]
        Stops postgres, broker or a service in order and starts it again.
        """,
        "kill": """
        rapport kill <name> [--run DIR]
        Kills postgres, broker or a service with signal 9 and starts it again.
        """,
    ]
}
