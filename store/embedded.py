"""The embedded PostgreSQL of one ``FIRSTLINE_HOME``: who starts it, who keeps it up, who stops it.

Every process that uses it holds a share of a file lock while it does (:func:`take`, :func:`hold`). The first starts the
server; the last to leave stops it. A process that is killed leaves its share to the kernel and the server running: the
next one takes that server over. A forked worker keeps its parent's share alive and never stops the server: only the
process that took a share gives it back.

``stop`` ends the server even while others use it, and none of those starts it again; any new command does.
"""

import contextlib
import os
import pwd
from collections.abc import Iterator
from pathlib import Path

from store import locks, server
from store.binaries import Runner, runner, server_account
from store.cluster import Cluster
from store.errors import NoDatabase
from store.settings import make_home

Options = dict[str, str]


class Hold:
    """A share in the running server. ``admin_dsn`` is the owner's connection string."""

    def __init__(self, cluster: Cluster, handle: int) -> None:
        self.admin_dsn = cluster.dsn()
        self._cluster = cluster
        self._handle: int | None = handle
        self._process = os.getpid()

    def release(self) -> None:
        """Give the share back; stop the server where nobody else has one. In a forked child, and the second time, it
        does nothing."""
        if self._handle is None or os.getpid() != self._process:
            return
        handle, self._handle = self._handle, None
        folder = self._cluster.folder
        with locks.gate(_gate(folder)):
            os.close(handle)
            if locks.unused(_use(folder)) and not _detached(self._cluster):
                server.stop(self._cluster)


def take(home: Path, options: Options | None = None) -> Hold:
    """Start the server of this home where it does not run, and hold a share in it. Raises :class:`NoDatabase`.

    ``options``: server settings, heeded only by the process that starts it.
    """
    with _ready_cluster(home, options) as cluster:
        handle = locks.share(_use(cluster.folder))
        try:
            server.ensure_running(cluster)
        except BaseException:
            os.close(handle)
            raise
        _stopped(cluster).unlink(missing_ok=True)
        return Hold(cluster, handle)


@contextlib.contextmanager
def hold(home: Path, options: Options | None = None) -> Iterator[str]:
    """:func:`take` for the length of a block; gives the owner's connection string."""
    held = take(home, options)
    try:
        yield held.admin_dsn
    finally:
        held.release()


def start(home: Path, options: Options | None = None) -> str:
    """Start the server and leave it running, whoever comes and goes, until :func:`stop`. Gives the owner's connection
    string."""
    with _ready_cluster(home, options) as cluster:
        server.ensure_running(cluster)
        _stopped(cluster).unlink(missing_ok=True)
        _detached_file(cluster).write_text(cluster.identity())
        return cluster.dsn()


def revive(home: Path) -> bool:
    """For a process that holds a share and lost its connections: start the server again where it died. Does nothing
    where it runs or where :func:`stop` ended it. True where it was started."""
    with _ready_cluster(home, None) as cluster:
        return not _stopped(cluster).exists() and server.ensure_running(cluster)


def stop(home: Path) -> tuple[bool, list[int]]:
    """Stop the server of this home. Gives whether one ran, and the processes that were using it (Linux; elsewhere
    none are named). They get ``DatabaseAway`` until a command starts it again."""
    home = home.resolve()
    if not (home / "pg" / "data").exists():
        return False, []
    with _ready_cluster(home, None, make=False) as cluster:
        users = locks.holders(_use(cluster.folder))
        _stopped(cluster).touch()
        _detached_file(cluster).unlink(missing_ok=True)
        return server.stop(cluster), users


@contextlib.contextmanager
def _ready_cluster(home: Path, options: Options | None, *, make: bool = True) -> Iterator[Cluster]:
    """The cluster of a home, made where missing, with the gate held for the block."""
    home = home.resolve()
    make_home(home)
    folder = home / "pg"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        with locks.gate(_gate(folder)):
            owner = server_account()
            _hand_over(folder, owner)
            cluster = Cluster(home, runner(folder, owner), options)
            if make:
                cluster.make()
            yield cluster
    except PermissionError as error:
        raise NoDatabase(f"{error.filename or folder} is closed to this account; the database in {folder} belongs to "
                         f"{_owner_of(folder)}. Run as that account, or set another FIRSTLINE_HOME.") from error
    except OSError as error:
        raise NoDatabase(f"The database folder {folder} cannot be used: {error.strerror or error}.") from error


def _hand_over(folder: Path, owner: pwd.struct_passwd | None) -> None:
    """Make sure that the folder is the server account's, closed to all others, and that it can get there."""
    _check_owner(folder, owner)
    account = Runner(folder, owner)
    account.own(folder)
    folder.chmod(0o700)
    if not account.can_enter(folder):
        raise NoDatabase(_closed(folder, owner))


def _check_owner(folder: Path, owner: pwd.struct_passwd | None) -> None:
    """One home, one account: a second would leave files behind that the first cannot open."""
    uid = folder.stat().st_uid
    if uid not in ({0, owner.pw_uid} if owner else {os.geteuid()}):
        raise NoDatabase(f"The database in {folder} belongs to {_owner_of(folder)}. Run as that account, or set "
                         "another FIRSTLINE_HOME.")


def _owner_of(folder: Path) -> str:
    try:
        return pwd.getpwuid(folder.stat().st_uid).pw_name
    except (OSError, KeyError):
        return "another account"


def _closed(folder: Path, owner: pwd.struct_passwd | None) -> str:
    closed = next((parent for parent in reversed(folder.parents) if not parent.stat().st_mode & 0o001), folder.parent)
    name = owner.pw_name if owner else ""
    return (f"Started by root, PostgreSQL runs as the account {name}, and {closed} is closed to it. Set "
            "FIRSTLINE_HOME to a folder that it can reach, such as /var/lib/firstline, start as an ordinary user, or "
            "set DATABASE_URL.")


def _gate(folder: Path) -> Path:
    return folder / "gate.lock"


def _use(folder: Path) -> Path:
    return folder / "use.lock"


def _stopped(cluster: Cluster) -> Path:
    return cluster.folder / "stopped"


def _detached_file(cluster: Cluster) -> Path:
    return cluster.folder / "detached"


def _detached(cluster: Cluster) -> bool:
    """Whether this very run of the server was asked to stay."""
    file = _detached_file(cluster)
    return file.exists() and file.read_text() == cluster.identity()
