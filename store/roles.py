"""The service's own database role, apart from the owner's: what the servers connect as, and what that may do.

The role's name and, on an external server, its password derive from the service's secret, so that every server process
knows them and no file holds them. In the embedded PostgreSQL it has no password: whoever reaches the socket, whose
folder is closed to other accounts, is trusted.
"""

import hashlib
import hmac

import psycopg2
from psycopg2 import sql
from psycopg2.errors import DuplicateObject, InsufficientPrivilege, UniqueViolation
from psycopg2.extensions import connection, cursor, encrypt_password, make_dsn, parse_dsn

from store.errors import NoDatabase
from store.settings import Settings

APPEND_ONLY = ("events", "seals", "access_log", "rule_sets", "editions", "edition_areas", "edition_flips",
               "sweep_marks", "sweep_settlements")
"""Tables whose rows are history: the service may read and add, never change or remove."""

READ_ONLY = ("schema_migrations",)


def role_name(settings: Settings) -> str:
    """The service's role: ``firstline_`` and eight hexadecimal digits of the secret."""
    return "firstline_" + _derived(settings, b"database role")[:8]


def role_dsn(admin_dsn: str, settings: Settings) -> str:
    """The owner's connection string (URL or keywords), with the service's role in the owner's place."""
    given = parse_dsn(admin_dsn)
    given.pop("passfile", None)
    given["user"] = role_name(settings)
    given.pop("password", None)
    if settings.database_url:
        given["password"] = _derived(settings, b"database password")
    return str(make_dsn(**given))


def ensure_role(conn: connection, settings: Settings) -> None:
    """Create the service's role where it is missing. Raises :class:`NoDatabase`, with the SQL to run by hand, where
    the owner may not. The role is the whole server's, not the database's: another database's migration may be
    creating it at this very moment."""
    name = role_name(settings)
    with conn, conn.cursor() as cur:
        cur.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,))
        there = cur.fetchone() is not None
    if there and (not settings.database_url or _password_fits(conn, settings)):
        return
    verb = sql.SQL("ALTER ROLE {} LOGIN" if there else "CREATE ROLE {} LOGIN").format(sql.Identifier(name))
    if settings.database_url:
        # what is sent is the verifier, not the password: statements end up in server logs
        secret = encrypt_password(_derived(settings, b"database password"), name, conn, "scram-sha-256")
        verb += sql.SQL(" PASSWORD {}").format(sql.Literal(secret))
    try:
        with conn, conn.cursor() as cur:
            cur.execute(verb)
    except (DuplicateObject, UniqueViolation):
        return
    except InsufficientPrivilege as error:
        raise NoDatabase(f"The owner in DATABASE_URL may not make the service's role. Have an administrator run: "
                         f"{verb.as_string(conn)}; then migrate again.") from error


def grant(cur: cursor, settings: Settings) -> None:
    """Give the service's role what it may do with every table; repeatable. Nobody but the owner may truncate."""
    role = sql.Identifier(role_name(settings))

    def run(text: str, *names: str) -> None:
        cur.execute(sql.SQL(text).format(*map(sql.Identifier, names), role=role))

    cur.execute("SELECT current_database()")
    run("GRANT CONNECT ON DATABASE {} TO {role}", cur.fetchone()[0])
    run("GRANT USAGE ON SCHEMA public TO {role}")
    run("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")
    run("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")  # views too, and no more: one that is simple enough
    run("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")  # would let a writer through to its table
    cur.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(%s)",
                (list(READ_ONLY),))
    for (table,) in cur.fetchall():
        run(f"GRANT INSERT{'' if table in APPEND_ONLY else ', UPDATE, DELETE'} ON {{}} TO {{role}}", table)


def _derived(settings: Settings, what: bytes) -> str:
    return hmac.new(settings.secret, what, hashlib.sha256).hexdigest()


def _password_fits(conn: connection, settings: Settings) -> bool:
    try:
        psycopg2.connect(role_dsn(settings.database_url or conn.dsn, settings), connect_timeout=5).close()
    except psycopg2.OperationalError:
        return False
    return True
