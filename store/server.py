"""One cluster's server: started, recognised, stopped. Everything here runs inside the gate (:mod:`store.locks`), so
only one process at a time does any of it."""

import logging
import os
import signal
import socket
import stat
import time
from collections.abc import Callable
from pathlib import Path

import psycopg2
from psycopg2 import sql

from store import processes
from store.cluster import DATABASE, SOCKET, Cluster, last_words, number_in
from store.errors import NoDatabase

log = logging.getLogger("firstline.store")

START_S = 300.0  # recovery after a crash may take minutes
STOP_S = 60.0
ORPHANS_S = 30.0
PATIENCE = ((None, 3.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))  # with orphans: what they are sent, how long
TURN_S = 0.02

OPTIONS = {
    "listen_addresses": "", "unix_socket_permissions": "0700", "max_connections": "200", "shared_buffers": "128MB",
    "jit": "off", "timezone": "UTC", "log_timezone": "UTC", "random_page_cost": "1.1", "max_wal_size": "1GB",
    # a file a week day, written over when the day returns: the log never grows without end
    "logging_collector": "on", "log_filename": "postgresql-%a.log", "log_rotation_age": "1d", "log_rotation_size": "0",
    "log_truncate_on_rotation": "on", "log_line_prefix": "%m [%p] %q%u@%d %a ",
    # no statement and no row may stand in the log: they hold what citizens said
    "log_min_error_statement": "panic", "log_min_duration_statement": "-1", "log_error_verbosity": "terse",
}


def ensure_running(cluster: Cluster) -> bool:
    """Have the server run and the database be there. True where it had to be started; one found running, perhaps
    left behind by processes that were killed, is taken as it is."""
    started, end = False, time.monotonic() + START_S
    while not _ready(cluster):
        if time.monotonic() > end:
            raise NoDatabase(f"PostgreSQL does not get ready. Its log is in {cluster.logs}.")
        if cluster.postmaster() or _answers(cluster):
            time.sleep(TURN_S)
        else:
            _start(cluster)
            started = True
    _ensure_database(cluster)
    return started


def _ready(cluster: Cluster) -> bool:
    if cluster.postmaster():
        lines = cluster.pid_file()
        return len(lines) > 7 and lines[7].strip() == "ready"
    return _answers(cluster) and _connects(cluster.dsn("postgres"))


def _answers(cluster: Cluster) -> bool:
    """Whether something listens on the socket, such as the same cluster's server in another container."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(cluster.socket_folder() / SOCKET))
        except OSError:
            return False
        return True


def _start(cluster: Cluster) -> None:
    _wait_for_orphans(cluster)
    end = time.monotonic() + ORPHANS_S
    while True:
        _forget_stale_pids(cluster)
        words = _launch(cluster)
        if words is None:
            return
        if "is still in use" not in words or time.monotonic() > end:
            raise NoDatabase(f"PostgreSQL does not start: {last_words(words)} Its log is in {cluster.logs}.")
        time.sleep(0.2)  # a backend of the killed server holds its memory still


def _wait_for_orphans(cluster: Cluster) -> None:
    for number, patience in PATIENCE:
        pids = processes.orphans(cluster.name)
        if number is not None:
            for pid in pids:
                _signal(pid, number)
        if not pids or _until(lambda: not processes.orphans(cluster.name), patience):
            return
    raise NoDatabase("Processes of a PostgreSQL that was killed do not end: " +
                     ", ".join(map(str, processes.orphans(cluster.name))) + ". End them and start again.")


def _forget_stale_pids(cluster: Cluster) -> None:
    """Remove pid files that name a living process which is not this server: PostgreSQL would believe them. One that
    names a dead process is left to PostgreSQL, which looks for its shared memory first."""
    for file in (cluster.data / "postmaster.pid", cluster.next_socket_folder() / f"{SOCKET}.lock"):
        if not file.exists():
            continue
        pid = number_in(file.read_text(errors="replace").splitlines())
        if pid is None or (processes.alive(pid) and not processes.is_postmaster(pid, cluster.data)):
            log.warning("%s names process %s, which is not this PostgreSQL: removed", file, pid)
            file.unlink()


def _launch(cluster: Cluster) -> str | None:
    """Start a server; ``None`` once it is ready, its last words where it ended instead."""
    run, log_file = cluster.next_socket_folder(), cluster.logs / "start.log"
    _runtime_folder(cluster, run)
    options = OPTIONS | {"cluster_name": cluster.name, "log_directory": str(cluster.logs),
                         "unix_socket_directories": '"' + str(run).replace('"', '""') + '"'} | cluster.extra
    flags = [word for key, value in options.items() for word in ("-c", f"{key}={value}")]
    # The shell lets go of it at once: a child of ours would stay a zombie when it is killed. A session of its own:
    # Ctrl-C in our terminal is not meant for it.
    shell = Path("/bin/sh")
    answer = cluster.runner.run(
        shell, "-c", '"$@" </dev/null >"$START_LOG" 2>&1 & echo $!', "sh", cluster.runner.bin / "postgres",
        "-D", cluster.data, *flags, env={"START_LOG": str(log_file)}, start_new_session=True)
    pid = int(answer.stdout)
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        if cluster.postmaster() == pid and _ready(cluster):
            return None
        if not processes.command(pid):
            return _tail(log_file) or "it ended without a word."
        time.sleep(TURN_S)
    raise NoDatabase(f"PostgreSQL does not get ready. Its log is in {cluster.logs}.")


def _runtime_folder(cluster: Cluster, run: Path) -> None:
    for folder in (cluster.logs, run):
        if not folder.exists():
            folder.mkdir(mode=0o700)
            cluster.runner.own(folder)
    facts = run.lstat()
    uid = cluster.runner.owner.pw_uid if cluster.runner.owner else os.geteuid()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != uid or stat.S_IMODE(facts.st_mode) & 0o077:
        raise NoDatabase(f"{run} is not a folder of this account alone, so PostgreSQL's socket is not safe there. "
                         "Remove it, or set FIRSTLINE_HOME to a shorter path.")


def _ensure_database(cluster: Cluster) -> None:
    if _connects(cluster.dsn()):
        return
    try:
        conn = psycopg2.connect(cluster.dsn("postgres"))
    except psycopg2.OperationalError as error:
        raise NoDatabase(f"PostgreSQL runs but takes no connection: {error}".strip()) from error
    conn.autocommit = True
    try:
        with conn.cursor() as cur:
            cur.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
            if cur.fetchone() is None:
                cur.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(
                    sql.Identifier(DATABASE)))
    finally:
        conn.close()


def stop(cluster: Cluster) -> bool:
    """Stop the server and wait for its end; False where none ran."""
    pid = cluster.postmaster()
    if pid is None:
        if _answers(cluster):
            raise NoDatabase(f"The PostgreSQL of {cluster.folder} runs, but not on this machine or not in this "
                             "container: stop it there.")
        return False
    for number, patience in ((signal.SIGINT, STOP_S), (signal.SIGQUIT, 10.0)):  # fast; then at once, as a crash
        _signal(pid, number)
        if _until(lambda: not processes.is_postmaster(pid, cluster.data), patience):
            return True
    raise NoDatabase(f"PostgreSQL (process {pid}) does not stop.")


def _until(done: Callable[[], bool], patience: float) -> bool:
    end = time.monotonic() + patience
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(TURN_S)
    return True


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return  # it has ended, which is what was wanted
    except PermissionError as error:
        raise NoDatabase(f"Process {pid} of PostgreSQL belongs to another account.") from error


def _connects(dsn: str) -> bool:
    try:
        psycopg2.connect(dsn, connect_timeout=5).close()
    except psycopg2.OperationalError:
        return False
    return True


def _tail(file: Path) -> str:
    return file.read_text(errors="replace").strip() if file.exists() else ""
