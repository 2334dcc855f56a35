"""The database's commands: migrate, stop, dsn, backup, restore."""

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from store.restore import Plan


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the commands."""
    migrate = commands.add_parser("migrate", help="bring the schema up to date; safe while servers run")
    migrate.set_defaults(run=run_migrate)
    stop = commands.add_parser("stop", help="stop the embedded PostgreSQL of this FIRSTLINE_HOME")
    stop.set_defaults(run=run_stop)
    dsn = commands.add_parser("dsn", help="print the connection string of the service's role")
    dsn.add_argument("--admin", action="store_true", help="of the owner instead")
    dsn.set_defaults(run=run_dsn)
    backup = commands.add_parser("backup", help="write the whole service, photographs included, to one file")
    backup.add_argument("file", type=Path, metavar="FILE")
    backup.set_defaults(run=run_backup)
    restore = commands.add_parser("restore", help="put a backup in the place of everything; only told unless --commit")
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.add_argument("--commit", action="store_true", help="do it")
    restore.set_defaults(run=run_restore)


def run_migrate(args: argparse.Namespace) -> int:
    """Apply what is missing, and say what that was; then the rules, and units and staff where there are none."""
    from cli.service import Service, prepare
    from dispatch.rulebook import RULES, read_rules
    from store.database import Database
    from store.migrate import migrate
    from store.settings import Settings

    settings = Settings.read(os.environ)
    with Database.open(settings) as database:
        done = migrate(database.admin_dsn, settings)
        prepare(Service(database, read_rules(RULES)))
    for name in done:
        print(name)
    tell(f"{len(done)} migrations applied." if done else "The schema is up to date.")
    return 0


def run_stop(args: argparse.Namespace) -> int:
    """Stop the embedded server, even under those who use it, and say who they are."""
    from store.settings import Settings

    settings = Settings.read(os.environ)
    if settings.database_url:
        tell("DATABASE_URL is set: there is no embedded PostgreSQL to stop.")
        return 0
    from store import embedded

    stopped, users = embedded.stop(settings.home)
    tell(f"PostgreSQL in {settings.home / 'pg'} is stopped." if stopped else "No PostgreSQL ran here.")
    if stopped and users:
        tell(f"It was in use by the processes {', '.join(map(str, users))}: they have no database until it is started.")
    return 0


def run_dsn(args: argparse.Namespace) -> int:
    """Print a connection string; the embedded server is started for whoever uses it, and stays."""
    from store.database import external_dsn
    from store.roles import role_dsn
    from store.settings import Settings

    settings = Settings.read(os.environ)
    if settings.database_url:
        owner = external_dsn(settings.database_url)
    else:
        from store import embedded

        owner = embedded.start(settings.home)
        tell("The embedded PostgreSQL stays up until `python app.py stop`.")
    print(owner if args.admin else role_dsn(owner, settings))
    return 0


def run_backup(args: argparse.Namespace) -> int:
    """Write the backup."""
    from store.backup import backup
    from store.database import Database
    from store.settings import Settings

    settings = Settings.read(os.environ)
    with Database.open(settings) as database:
        manifest = backup(database.admin_dsn, settings, args.file.resolve(), datetime.now(UTC), tell)
    rows = sum(table["rows"] for table in manifest.tables.values())
    tell(
        f"{args.file}: {rows} rows, {len(manifest.photos())} photographs, {args.file.stat().st_size:,} bytes. "
        "It holds names, phones and password digests: keep it as safe as the service."
    )
    if "secret" not in manifest.members:
        tell("FIRSTLINE_SECRET is not in it: keep that too.")
    return 0


def run_restore(args: argparse.Namespace) -> int:
    """Say what restoring the file would do, or do it. A file that is not whole is exit 1."""
    from store.database import Database
    from store.errors import BackupFault
    from store.restore import plan, restore
    from store.settings import Settings

    settings = Settings.read(os.environ)
    try:
        with Database.open(settings) as database:
            if args.commit:
                done = restore(database.admin_dsn, settings, args.file, say=tell)
            else:
                done = plan(database.admin_dsn, settings, args.file)
    except BackupFault as fault:
        tell(fault.detail)
        return 2 if "connections" in fault.members or not args.file.is_file() else 1
    describe(done, committed=args.commit)
    return 0


def describe(done: "Plan", *, committed: bool) -> None:
    """The plan in figures on standard output, in words on standard error."""
    manifest = done.manifest
    print(f"taken_at\t{manifest.taken_at}\nrelease\t{manifest.release}\nschema\t{len(manifest.schema)}")
    print(f"photographs\t{len(manifest.photos())}\ntable\tnow\tbackup")
    for name in sorted(done.rows_now.keys() | manifest.tables.keys()):
        print(f"{name}\t{done.rows_now.get(name, 0)}\t{manifest.tables.get(name, {}).get('rows', 0)}")
    if done.then:
        tell(f"{'Migrated' if committed else 'Would migrate'} after loading: {', '.join(done.then)}.")
    if done.secret == "other":
        tell("The backup was made under another FIRSTLINE_SECRET: set that one, or codes and digests do not fit.")
    tell("Restored." if committed else "Nothing was changed. With --commit the backup replaces all that is here now.")


def tell(words: str) -> None:
    """Words go to standard error: standard output is for figures and data."""
    print(words, file=sys.stderr)
