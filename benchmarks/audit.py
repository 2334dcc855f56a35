"""``audit verify`` over a growing history, beside reading alone and PostgreSQL's own sha256.

Usage: python -m benchmarks.audit [--events N ...] [--rounds N]

One item's history is made by the service itself; all others are its copies under numbers of their own, chained and
sealed anew, some 1,000 items under way at any time. The whole command is timed: chains, seals, rule sets, counters.
Beside it, in turn: the same rows read and thrown away (nothing that reads them can be quicker), and PostgreSQL asked
whether each hash is the sha256 of its line (which proves no order, no seal and nothing about PostgreSQL).
"""

import argparse
import io
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.ground import a_category, a_service, a_spot, dispatcher, handler
from cli.service import Service, clock
from dispatch.events import START, chained
from dispatch.report import read_report
from store.audit import verify
from store.database import Database
from store.pool import connect
from store.queries import queries
from store.relay import number, seal

UNDER_WAY = 1000
IN_POSTGRESQL = """SELECT count(*) FROM events
    WHERE hash <> encode(sha256(convert_to(prev_hash || body, 'UTF8')), 'hex')"""


def one_history(service: Service) -> tuple[int, str, list[str]]:
    """An item that was taken in, worked on and closed: its id, its number and its events' bodies."""
    desk, asked, works = service.desk, dispatcher(), handler(service)
    lon, lat = a_spot(service)
    told = {"channel": "phone", "category": a_category(service), "lon": lon, "lat": lat, "datum": "wgs84",
            "description": "小区门口路面积水,行人无法通过", "reporter": {"name": "甲", "phone": "1"}}  # fmt: skip
    item, _ = desk.take_in(asked, read_report(told, now=clock(), zone=service.rules.zone))
    text = {"text": "市民再次来电催促,要求今日给出办理意见"}
    desk.act(works, item.number, "accept", {})
    desk.act(asked, item.number, "urge", text)
    desk.act(asked, item.number, "supplement", text)
    desk.act(works, item.number, "comment", text)
    desk.act(works, item.number, "settle", {"note": "已疏通并清扫"})
    desk.act(works, item.number, "answer", {"text": "已处理完毕"})
    desk.act(asked, item.number, "close", {})
    conn = service.database.pool.dedicated()
    number(conn)
    conn.close()
    return item.id, item.number, [line["body"] for line in desk.events(asked, item.number)]


def copies(number: str, bodies: list[str], first: int, count: int) -> Iterator[tuple[int, str, int, str, str, str]]:
    """(item, number, seq, body, prev_hash, hash) of ``count`` items like it, in the order in which they would come."""
    for start in range(first, first + count, UNDER_WAY):
        block = range(start, min(start + UNDER_WAY, first + count))
        heads = dict.fromkeys(block, START)
        for seq, body in enumerate(bodies, 1):
            for item in block:
                own = f"{number[:6]}-{item:07d}"
                text = body.replace(f'"number":"{number}"', f'"number":"{own}"')
                before, heads[item] = heads[item], chained(heads[item], text)
                yield item, own, seq, text, before, heads[item]


def grow(database: Database, model: tuple[int, str, list[str]], events: int) -> None:
    """Put copies of the item in until there are so many events, and seal them."""
    conn = connect(database.admin_dsn, dictionaries=False)
    id, number, bodies = model
    with conn, conn.cursor() as cur:
        cur.execute("SELECT max(id), (SELECT count(*) FROM events), (SELECT max(id) FROM events) FROM items")
        last, there, event = cur.fetchone()
        lines, ends = io.StringIO(), {}
        for item, own, seq, *rest in copies(number, bodies, last + 1, (events - there) // len(bodies)):
            event += 1
            texts = (one.replace("\\", "\\\\") for one in rest)
            lines.write("\t".join([str(event), str(item), str(seq), *texts]) + "\n")
            ends[item] = f"{item}\t{own}\t{rest[2]}\n"
        cur.execute("CREATE TEMP TABLE fresh (id bigint, number text, hash text) ON COMMIT DROP")
        cur.copy_expert("COPY fresh FROM STDIN", io.StringIO("".join(ends.values())))
        cur.execute("CREATE TEMP TABLE model ON COMMIT DROP AS SELECT * FROM items WHERE id = %s", (id,))
        cur.execute("""INSERT INTO items SELECT r.* FROM fresh f, model m, LATERAL jsonb_populate_record(NULL::items,
            to_jsonb(m) || jsonb_build_object('id', f.id, 'number', f.number, 'chain_hash', f.hash)) AS r""")
        cur.execute("""INSERT INTO item_deltas (day, township, grid, category, channel, status, n)
            SELECT (created_at AT TIME ZONE 'Asia/Shanghai')::date, coalesce(township, ''), coalesce(grid, ''),
                category, channel, status, (SELECT count(*) FROM fresh) FROM model""")
        lines.seek(0)
        cur.copy_expert("COPY events (id, item_id, seq, body, prev_hash, hash) FROM STDIN", lines)
        cur.execute("""INSERT INTO outbox (topic, event_id, body, position) SELECT 'item', id, '{}',
            row_number() OVER (ORDER BY id) + (SELECT coalesce(max(position), 0) FROM outbox)
            FROM events e WHERE NOT EXISTS (SELECT 1 FROM outbox o WHERE o.event_id = e.id)""")
    conn.autocommit = True
    with conn.cursor() as cur:
        cur.execute("VACUUM ANALYZE")
    conn.close()
    while seal(database.pool, clock()):
        pass


class Nowhere:
    """Takes lines and does nothing with them."""

    def write(self, line: bytes) -> None:
        pass


def rivals(service: Service) -> dict[str, Callable[[], Any]]:
    """What is timed, by its name; each raises where its answer is wrong."""
    database = service.database

    def verified() -> None:
        found = verify(database.pool, str(service.rules.zone))
        assert found.fault is None and found.unsealed == 0, found

    def read() -> None:
        conn = database.pool.dedicated()
        with conn.cursor() as cur:
            cur.copy_expert(f"COPY ({queries.audit_events}) TO STDOUT", Nowhere())
        conn.close()

    def in_postgresql() -> None:
        conn = database.pool.dedicated()
        with conn.cursor() as cur:
            cur.execute("SET max_parallel_workers_per_gather TO 0")
            cur.execute(IN_POSTGRESQL)
            assert cur.fetchone()["count"] == 0
        conn.close()

    return {"audit verify": verified, "the rows read, nothing more": read, "sha256 in PostgreSQL": in_postgresql}


def timed(work: Callable[[], Any]) -> float:
    """Seconds that ``work`` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with a_service() as service:
        model = one_history(service)
        size = sum(len(body.encode()) for body in model[2]) / len(model[2])
        print(f"{len(model[2])} events an item, {size:.0f} bytes each")
        for events in args.events:
            while (there := _events(service)) < events - len(model[2]):
                grow(service.database, model, min(events, there + 100_000))
            rounds = [{name: timed(work) for name, work in rivals(service).items()} for _ in range(args.rounds)]
            print(f"{_events(service):,} events")
            for name in rounds[0]:
                times = sorted(one[name] for one in rounds)
                rate = _events(service) / statistics.median(times)
                print(f"  {name:<30}{rate:10,.0f} events/s   {times[0]:.2f} to {times[-1]:.2f} s")


def _events(service: Service) -> int:
    with service.database.pool.transaction() as cur:
        cur.execute(queries.audit_unsealed)
        return int(cur.fetchone()["events"])


if __name__ == "__main__":
    main()
