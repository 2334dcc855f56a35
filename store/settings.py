"""What the environment sets: one frozen object that the wiring hands down. Nothing else reads ``os.environ``."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from store.errors import NoDatabase, SecretTooShort

ROOT = Path(__file__).resolve().parents[1]
"""The folder of the programme; the defaults below lie in it, wherever a command is started from."""


SHORTEST_SECRET = 32
"""Characters."""

OFF = frozenset({"", "0", "no", "off", "false"})
"""What says no in a variable that is a switch."""


@dataclass(frozen=True)
class Settings:
    """The service's settings. Paths are absolute; ``None`` means not set."""

    home: Path
    database_url: str | None = None
    boundaries: Path = ROOT / "boundaries" / "gulou"
    tiles: str | None = None
    map_note: str | None = None
    proxy: str | None = None
    given_secret: bytes | None = None
    sms: str | None = None

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the ``FIRSTLINE_*`` variables and ``DATABASE_URL``. An empty variable counts as not set.

        A relative path is meant from the current folder. Nothing is created and nothing is connected to. Raises
        :class:`SecretTooShort`.
        """

        def text(name: str) -> str | None:
            return environ.get(name, "").strip() or None

        def path(name: str, default: Path) -> Path:
            given = text(name)
            return Path(given).expanduser().resolve() if given else default

        secret = text("FIRSTLINE_SECRET")
        if secret and len(secret) < SHORTEST_SECRET:
            raise SecretTooShort(
                f"FIRSTLINE_SECRET has fewer than {SHORTEST_SECRET} characters: make one with `openssl rand -hex 32`."
            )
        return cls(
            home=path("FIRSTLINE_HOME", ROOT / "var"),
            database_url=text("DATABASE_URL"),
            boundaries=path("FIRSTLINE_BOUNDARIES", ROOT / "boundaries" / "gulou"),
            tiles=text("FIRSTLINE_TILES"),
            map_note=text("FIRSTLINE_MAP_NOTE"),
            proxy=None if (text("FIRSTLINE_PROXY") or "").lower() in OFF else text("FIRSTLINE_PROXY"),
            given_secret=secret.encode() if secret else None,
            sms=text("FIRSTLINE_SMS"),
        )

    @property
    def photos(self) -> Path:
        """The folder of the photographs."""
        return self.home / "photos"

    @property
    def secret_file(self) -> Path:
        """Where the secret stands when ``FIRSTLINE_SECRET`` does not give one."""
        return self.home / "secret"

    @cached_property
    def secret(self) -> bytes:
        """The key that sessions, codes and the service role derive from.

        ``FIRSTLINE_SECRET``, else the file ``secret`` under the home, made at the first use (mode 0600). Several
        servers on one database must share one secret.
        """
        return self.given_secret or _secret_of(self.secret_file)


def make_home(home: Path) -> None:
    """Create the home where it is missing; raise :class:`NoDatabase` where that cannot be done.

    A home made by an ordinary account is closed to others. One made by root can be passed through (0711), because the
    embedded PostgreSQL runs under an account of its own there; every file in it is closed by its own mode.
    """
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        home.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, exist_ok=True)
    except (FileExistsError, NotADirectoryError, PermissionError, OSError) as error:
        raise NoDatabase(f"FIRSTLINE_HOME {home} cannot be used: {error.strerror or error}.") from error


def write_secret(file: Path, secret: bytes, *, replace: bool) -> None:
    """Put a whole file in place at once, mode 0600. Without ``replace`` the first writer wins, quietly."""
    draft = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    try:
        draft.write_bytes(secret + b"\n")
        if replace:
            draft.replace(file)
        elif not file.exists():
            try:
                os.link(draft, file)
            except FileExistsError:
                return  # another process was quicker: its secret is the one
    finally:
        draft.unlink(missing_ok=True)


def _secret_of(file: Path) -> bytes:
    try:
        if not file.exists():
            make_home(file.parent)
            write_secret(file, secrets.token_hex(32).encode(), replace=False)
        secret = file.read_bytes().strip()
    except OSError as error:
        raise NoDatabase(f"The secret {file} cannot be read or made: {error.strerror}.") from error
    if not secret:
        raise NoDatabase(f"The secret {file} is empty. Delete it to have a new one made, or set FIRSTLINE_SECRET.")
    return secret
