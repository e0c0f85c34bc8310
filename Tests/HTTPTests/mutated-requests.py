"""Sends changed requests to a server and holds what it answers against h11, which reads the same bytes: python mutated-requests.py PORT COUNT SEED

Unsafe is: more answers than h11 finds requests, so that somebody's bytes were taken for a request that others do not see; an answer of 500 and
above; one that cannot be read; a connection that does not end.
"""
import random, socket, sys

import h11

port, count, seed = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
token = f"Authorization: Bearer {sys.argv[4]}\r\n" if len(sys.argv) > 4 else ""
chance = random.Random(seed)
inner = "GET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n"
host = f"Host: localhost\r\n{token}"
bases = [
    f"GET /health/live?x=1&y=%41 HTTP/1.1\r\n{host}Accept: */*\r\n\r\n",
    f"POST /v1/parties HTTP/1.1\r\n{host}Content-Type: application/json\r\nContent-Length: {len(inner)}\r\n\r\n{inner}",
    f"POST /v1/parties HTTP/1.1\r\n{host}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    f"{len(inner):x};a=b\r\n{inner}\r\n0\r\nT: x\r\n\r\n",
    f"POST http://localhost/people HTTP/1.1\r\n{host}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{{}}",
    f"DELETE /v1/views/x HTTP/1.1\r\n{host}Connection: keep-alive, x\r\nCookie: a=b\r\n\r\n",
    f"HEAD /hello HTTP/1.1\r\n{host}\r\n", f"GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n{token}\r\n",
    f"OPTIONS * HTTP/1.1\r\n{host}\r\n",
]
pieces = [
    "\r\n", "\n", "\r", " ", "\t", ":", "\0", "\x0b", "\x85", "\xff", ",", ";", "\r\n ", "\r\n\t", "\n\n", "\r\n\r\n", "HTTP/1.1", "HTTP/2.0",
    "Content-Length: 0\r\n", "Content-Length: 5\r\n", "Content-Length: +5\r\n", "Content-Length: 5, 5\r\n", "Content-Length: 0x5\r\n",
    "Content-Length:\r\n", "Content-Length : 5\r\n", "Content_Length: 5\r\n", "Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding: identity\r\n", "Transfer-Encoding: xchunked\r\n", "Transfer-Encoding: chunked, chunked\r\n",
    "Transfer-Encoding:\x0bchunked\r\n", "Transfer-Encoding : chunked\r\n", "Transfer-Encoding: \r\n chunked\r\n", "Host: other\r\n",
    "Host:\r\n", "0\r\n\r\n", "5\r\n", "-1\r\n", "ffffffffffffffff\r\n", "00000000000000005\r\n", "GET ", "POST ", "../", "%00", "%2e%2e/", "#", "?",
    "http://", "Connection: close\r\n", "Upgrade: websocket\r\n", "Expect: 200-ok\r\n", inner,
]


def mutated():
    text = bytearray(chance.choice(bases).encode("latin-1"))
    for _ in range(chance.choice([1, 1, 1, 2, 2, 3, 4])):
        place = chance.randrange(len(text) + 1)
        kind = chance.randrange(7)
        if kind == 0 and place < len(text):
            text[place] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del text[place:place + chance.randint(1, 8)]
        elif kind == 2:
            ends = [i + 2 for i in range(len(text)) if text[i:i + 2] == b"\r\n"] or [0]
            text[(at := chance.choice(ends)):at] = chance.choice(pieces).encode("latin-1")
        elif kind == 3:
            lines = bytes(text).split(b"\r\n")
            lines.insert(chance.randrange(len(lines)), chance.choice(lines))
            text = bytearray(b"\r\n".join(lines))
        elif kind == 4:
            other = chance.choice(bases).encode("latin-1")
            text[place:] = other[chance.randrange(len(other)):]
        else:
            text[place:place] = chance.choice(pieces).encode("latin-1")
    return bytes(text)


def seen_by_h11(data):
    """How many requests there are, and whether something else stands behind them."""
    found = 0
    while data:
        # An empty line before a request is passed over (RFC 9112, section 2.2), which h11 does not.
        conn, data = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 20), data.removeprefix(b"\r\n")
        conn.receive_data(data)
        conn.receive_data(b"")
        try:
            while not isinstance(event := conn.next_event(), h11.EndOfMessage):
                if event is h11.NEED_DATA or isinstance(event, h11.ConnectionClosed):
                    return found, bool(data)
            found += 1
            data = conn.trailing_data[0]
            conn.send(h11.Response(status_code=200, headers=[("content-length", "0")]))
            conn.send(h11.EndOfMessage())
            if conn.our_state is not h11.DONE:
                return found, bool(data)
        except h11.RemoteProtocolError as error:
            # A trailer about framing: h11 reads it to refuse it, and RFC 9110, section 6.5.1, lets who does not read it pass it over.
            return (1 << 30 if is_trailer(data, error) else found), True
    return found, False


def is_trailer(data, error):
    return b"0\r\n" in data and any(name in str(error) for name in ("Content-Length", "Transfer-Encoding"))


def answers(data):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as sock:
        sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)
        received = b""
        while part := sock.recv(65536):
            received += part
    return received


def statuses(received):
    """The final statuses in what came."""
    found = []
    while received:
        head, mark, rest = received.partition(b"\r\n\r\n")
        if not mark or not head.startswith(b"HTTP/1.1 "):
            raise ValueError("an answer that cannot be read")
        status = int(head[9:12])
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        if status == 100:
            received = rest
            continue
        found.append(status)
        length = int(fields.get(b"content-length", b"0"))
        # A HEAD's answer has a length and no body.
        if length and not rest[:9] == b"HTTP/1.1 " and rest:
            rest = rest[length:]
        received = rest
    return found


unsafe, all_statuses = 0, {}
for number in range(count):
    data = mutated() + chance.choice([b"", b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"])
    try:
        got = statuses(answers(data))
    except (OSError, ValueError) as error:
        # A server that has refused may end before it has read all.
        if isinstance(error, ConnectionResetError):
            continue
        unsafe += 1
        print(f"seed {seed} number {number}: {error!r}: {data!r}")
        continue
    for status in got:
        all_statuses[status] = all_statuses.get(status, 0) + 1
    requests, has_more = seen_by_h11(data)
    if len(got) > requests + has_more or any(status >= 500 and status not in (501, 505) for status in got):
        unsafe += 1
        print(f"seed {seed} number {number}: {got} where h11 sees {requests} and {'more' if has_more else 'no more'}: {data!r}")
print(f"seed {seed}: {count} requests, {unsafe} unsafe, {sorted(all_statuses.items())}")
sys.exit(1 if unsafe else 0)
