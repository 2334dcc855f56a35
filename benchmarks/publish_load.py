"""The load of benchmarks.publish, in a process of its own: clients that take items in, and people who work on them."""

import http.client
import json
import random
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

Asked = tuple[str, str, str, Any]
"""(token's owner, what it is, path, body)."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One request: when (seconds since 1970), what, seconds to its answer, status, and the new item's number."""

    at: float
    what: str
    took: float
    status: int
    number: str | None


def ask(port: int, token: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Status and body of one request on a connection of its own."""
    conn = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        text = None if body is None else json.dumps(body)
        conn.request(method, path, text, {"Authorization": f"Bearer {token}"})
        answer = conn.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        conn.close()


def load(plan: Path, ports: Sequence[int], clients: int, rate: float) -> int:
    """Send until a line comes on standard input; then print all that was sent, as JSON."""
    told = json.loads(plan.read_text())
    halt, sent = threading.Event(), list[Sent]()

    def client(n: int, ask_for: Callable[[random.Random], Asked], every: float) -> None:
        seeded = random.Random(n)
        due = time.monotonic() + seeded.random() * every
        while not halt.wait(max(0.0, due - time.monotonic())):
            due += every
            who, what, path, body = ask_for(seeded)
            at, begun = time.time(), time.monotonic()
            status, answer = ask(ports[n % len(ports)], told["tokens"][who], "POST", path, body)
            number = answer.get("number") if what == "intake" else None
            sent.append(Sent(at, what, time.monotonic() - begun, status if status != 409 else 200, number))

    def intake(seeded: random.Random) -> Asked:
        lon, lat = seeded.choice(told["spots"])
        return "channel", "intake", "/api/v1/items", {"channel": "phone", "description": "x", "lon": lon, "lat": lat}

    def act(seeded: random.Random) -> Asked:
        lon, lat = seeded.choice(told["spots"])
        action = seeded.choice([{"action": "comment", "text": "x"}, {"action": "urge", "text": "x"},
                                {"action": "locate", "lon": lon, "lat": lat}])  # fmt: skip
        return "dispatcher", "act", f"/api/v1/items/{seeded.choice(told['numbers'])}/actions", action

    threads = [threading.Thread(target=client, args=(n, intake, clients / rate)) for n in range(clients)]
    threads += [threading.Thread(target=client, args=(100 + n, act, 0.5)) for n in range(2)]
    for thread in threads:
        thread.start()
    print("ready", flush=True)
    sys.stdin.readline()
    halt.set()
    for thread in threads:
        thread.join()
    json.dump([astuple(one) for one in sent], sys.stdout)
    return 0
