"""``run``, ``serve`` and ``escalator``: the processes of the service."""

import argparse
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cli.service import Service

PORT = 8144
THREADS = 48
"""Threads of one worker: each live stream keeps one busy, the rest are for everything else."""
MOST_STREAMS = THREADS * 2 // 3
CONNECTIONS = 800
"""Connections of one worker. Those whose request is not whole yet take no thread, and each at most 256 KiB."""
MOST_PACE = 1000.0


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    run = commands.add_parser("run", help="everything at once, with demonstration data in an empty database")
    run.add_argument("--port", type=int, default=PORT)
    run.add_argument("--pace", type=float, default=1.0, help="times the district's real pace; 0 for none")
    run.set_defaults(run=run_all)
    serve = commands.add_parser("serve", help="the production server: no demonstration data")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=PORT)
    serve.add_argument("--workers", type=int, default=2)
    serve.set_defaults(run=serve_only)
    escalator = commands.add_parser("escalator", help="the background process alone; any number may run")
    escalator.add_argument("--once", action="store_true", help="climb what is due now, print how many items, and leave")
    escalator.set_defaults(run=escalate)


def run_all(args: argparse.Namespace) -> int:
    """Migrate, publish the shipped Edition where none is live, fill an empty database for demonstration, serve."""
    from cli import demonstration
    from cli.service import opened, prepare
    from store.migrate import migrate

    if not 0 <= args.pace <= MOST_PACE:
        return _refuse(f"--pace is a number from 0 to {MOST_PACE:.0f}.")
    if not _is_free("127.0.0.1", args.port):
        return _refuse(_taken("127.0.0.1", args.port))
    with opened(check_schema=False) as service:
        database = service.database
        migrate(database.admin_dsn, database.settings)
        prepare(service)
        demonstration.publish_shipped(service)
        shown = demonstration.fill(service)
        url = f"http://127.0.0.1:{args.port}/"
        if shown:
            _say(shown)
        ready = f"Firstline 一线处置: {url}"
        return _serve(service, "127.0.0.1", args.port, workers=2, demonstration=True, pace=args.pace, ready=ready)


def serve_only(args: argparse.Namespace) -> int:
    """Serve what is there. A schema that is behind, a missing Edition or live demonstration accounts stop it."""
    from cli.service import opened, prepare

    if args.workers < 1:
        return _refuse("--workers is 1 or more.")
    if not _is_free(args.host, args.port):
        return _refuse(_taken(args.host, args.port))
    with opened() as service:
        service.shelf.live()
        if service.accounts.demonstrators():
            return _refuse(
                "Demonstration accounts are live here, and anybody may sign in to them: disable each with "
                "`python app.py user disable NAME`, or use a database of its own."
            )
        prepare(service)
        return _serve(service, args.host, args.port, workers=args.workers, demonstration=False, pace=0.0)


def escalate(args: argparse.Namespace) -> int:
    """Climb the ladder, relay, seal and fold until stopped; with ``--once`` climb what is due and leave."""
    import signal
    import threading

    from cli.service import clock, opened
    from store.escalator import Escalator
    from store.texts import Sender

    if args.once:
        with opened() as service:
            print(service.steps.tick())
        return 0
    halt = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: halt.set())
    with opened() as service:
        service.hub.start()  # tells this process too when units, staff or the Edition change
        threads = (service.relay(), service.publisher(), Escalator(service.steps), Sender(service.texts, clock))
        for thread in threads:
            thread.start()
        while not halt.wait(1.0) and all(thread.is_alive() for thread in threads):
            pass
        for thread in threads:
            thread.stop()
        for thread in threads:
            thread.join(10)
    return 0


def _serve(
    service: "Service", host: str, port: int, *, workers: int, demonstration: bool, pace: float, ready: str = ""
) -> int:
    """gunicorn, one thread for each request and each stream. The master holds the database for all its workers.

    ``ready`` is said once the server listens.
    """
    from gunicorn.app.base import BaseApplication

    from gis.warm import warm_up
    from web.headers import tile_source

    try:
        tile_source(service.database.settings.tiles)
    except ValueError as fault:
        return _refuse(f"FIRSTLINE_TILES: {fault}")
    warm_up()  # before workers are forked: they share what is compiled
    _ = service.texts  # what FIRSTLINE_SMS names wrongly is told before the server starts
    if not _is_free(host, port):  # somebody may have come since the command began
        return _refuse(_taken(host, port))

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            settings = {
                "bind": f"{host}:{port}", "workers": workers, "threads": THREADS,
                "worker_class": "cli.patience.PatientWorker",
                "worker_connections": CONNECTIONS, "limit_request_line": 8190, "limit_request_fields": 100,
                "timeout": 60, "graceful_timeout": 3, "keepalive": 5,
                "backlog": 2048, "proc_name": "firstline", "loglevel": "warning", "control_socket_disable": True,
                "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,
                "when_ready": lambda _arbiter: _say(ready) if ready else None,
            }  # fmt: skip
            for name, value in settings.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return worker_app(service, demonstration=demonstration, pace=pace, port=port)

    try:
        Server().run()
    except SystemExit as leaving:  # gunicorn's way out; the database is let go after it
        return int(leaving.code or 0)
    return 0


def worker_app(service: "Service", *, demonstration: bool, pace: float, port: int) -> Any:
    """The web application of one worker process, with the threads that belong to it."""
    from app import create_app
    from cli.demonstration import Trickle
    from cli.service import clock
    from store.escalator import Escalator
    from store.texts import Sender

    hosts = [f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")] if demonstration else None
    app = create_app(service, demonstration=demonstration, most_streams=MOST_STREAMS, hosts=hosts)
    service.hub.start()
    service.relay().start()
    service.publisher().start()
    Escalator(service.steps).start()
    Sender(service.texts, clock).start()
    if pace > 0:
        Trickle(service, pace).start()
    return app


def _taken(host: str, port: int) -> str:
    return f"{host}:{port} is in use or not this machine's: choose another with --port (or --host)."


def _is_free(host: str, port: int) -> bool:
    """Whether a server can listen there: asked before workers start, so that the answer is one sentence."""
    try:
        with socket.create_server((host, port)):
            return True
    except (OSError, OverflowError):
        return False


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _refuse(sentence: str) -> int:
    _say(sentence)
    return 2
