"""Demonstration accounts: one or more for each role, with random passwords in a file only its owner can read."""

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cli.service import Service

FILE = "demonstration-passwords.txt"
SHARED = ("dispatcher", "supervisor", "planner", "admin", "channel")
"""Roles that are no unit's: one account each, and a second dispatcher."""


def make_accounts(service: "Service") -> str:
    """Make the accounts; a table of the main names and passwords for the terminal.

    Grid workers get accounts for all cells, but a password only the first: hashing 144 would make the start slow.
    Where a start was killed, its accounts are kept, and get new passwords: the file is whole before any account is,
    so that none exists whose password nobody knows.
    """
    from cli.service import clock
    from store.passwords import hash_password
    from store.settings import write_secret

    lines: list[str] = []
    seen: set[str] = set()
    made: list[tuple[str, str, str | None, str | None]] = []
    for name, role, unit in _wanted(service):
        password = secrets.token_urlsafe(12) if role != "worker" or role not in seen else None
        made.append((name, role, unit, password))
        if password:
            lines.append(f"{name:<34}{role:<12}{unit or '':<26}{password}")
        seen.add(role)
    head = "演示账号 / demonstration accounts: name, role, unit, password"
    text = "\n".join([head, *lines])
    file = service.database.settings.home / FILE
    write_secret(file, text.encode(), replace=True)
    for name, role, unit, password in made:
        if service.accounts.by_name(name) is None:
            hashed = hash_password(password) if password else None
            service.accounts.add(name, role, unit, hashed, clock(), demonstration=True)
        elif password is not None:
            service.accounts.set_password(name, password)
    return f"{text}\n({file})"


def _wanted(service: "Service") -> list[tuple[str, str, str | None]]:
    units, staff = service.worlds.people()
    townships = sorted(code for code, unit in units.items() if unit.kind == "township")
    departments = sorted(code for code, unit in units.items() if unit.kind == "department")
    accounts: list[tuple[str, str, str | None]] = [(f"demo-{role}", role, None) for role in SHARED]
    accounts.append(("demo-dispatcher-2", "dispatcher", None))
    accounts += [(f"demo-officer-{code}", "officer", code) for code in townships]
    accounts += [(f"demo-{code}", "department", code) for code in departments]
    accounts += [(f"demo-leader-{code}", "leader", code) for code in [*townships[:1], *departments[:1]]]
    accounts += [(name, "worker", None) for name in sorted({row.worker for row in staff.values()})]
    return accounts
