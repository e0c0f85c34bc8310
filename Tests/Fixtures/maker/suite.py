"""A suite started for one purpose: its programs, its services over HTTP, its database."""
import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request

SERVICES = ["contacts", "sales", "campaigns", "tickets", "notifications"]


class Suite:
    """A suite on a run folder, with the programs of a folder such as .build/release."""

    def __init__(self, programs, run, tools):
        self.programs, self.run_folder, self.tools = programs, run, tools

    def rapport(self, *arguments):
        """Runs the operator's program and gives what it printed."""
        command = [os.path.join(self.programs, "rapport"), *arguments, "--run", self.run_folder]
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
        return done.stdout

    def program(self, name):
        with open(os.path.join(self.run_folder, "state.json")) as file:
            return json.load(file)["programs"][name]

    def port(self, program):
        return self.program(program)["port"]

    def end(self, program):
        """Ends a program for good: `rapport kill` would start it again."""
        os.kill(self.program(program)["mark"]["id"], signal.SIGKILL)

    def database_environment(self):
        with open(os.path.join(self.run_folder, "secrets.json")) as file:
            password = json.load(file)["postgres"]
        return {
            **os.environ, "PGHOST": "127.0.0.1", "PGPORT": str(self.port("postgres")), "PGUSER": "postgres",
            "PGPASSWORD": password, "PGDATABASE": "rapport",
        }

    def tool(self, name, *arguments):
        """Runs psql or pg_dump and gives what it printed."""
        done = subprocess.run(
            [os.path.join(self.tools, name), *arguments], capture_output=True, text=True,
            env=self.database_environment())
        if done.returncode != 0:
            raise RuntimeError(f"{name} {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def sql(self, text):
        """The rows that a command gives, columns apart by a bar."""
        return self.tool("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", text).splitlines()

    def send(self, method, service, path, body=None, headers=None, media="application/json"):
        """Sends a request; gives the answer's text and header fields."""
        data = None if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port(service)}{path}", method=method, data=data, headers=dict(headers or {}))
        if data is not None:
            request.add_header("content-type", media)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.read().decode(), answer.headers
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {service} {path}: {error.code} {error.read().decode()}") from None

    def get(self, service, path):
        return json.loads(self.send("GET", service, path)[0])

    def make(self, service, path, body=None, headers=None):
        """Creates something and gives its id."""
        return json.loads(self.send("POST", service, path, body, headers)[0]).get("id")

    def change(self, method, service, path, body, seen=None):
        """Changes what was just read under a path."""
        tag = self.send("GET", service, seen or path)[1]["etag"]
        return self.send(method, service, path, body, {"if-match": tag})

    def publish(self, topic, key, type, source, data, *headers):
        """Publishes an event as an outside program does."""
        text = data if isinstance(data, str) else json.dumps(data)
        more = [word for header in headers for word in ("--header", header)]
        self.rapport(
            "events", "publish", topic, "--key", key, "--type", type, "--source", source, "--data", text, *more)

    def until(self, what, condition, seconds=60):
        """Waits for something; gives what the condition gave."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = condition()
            if found:
                return found
            time.sleep(0.2)
        raise RuntimeError(f"waited in vain for {what}")

    def rows(self, table, where="true"):
        return int(self.sql(f"SELECT count(*) FROM {table} WHERE {where}")[0])
