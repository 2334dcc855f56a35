"""Accounts from the command line: ``user add``, ``user password``, ``user disable``, ``user enable``, ``token``."""

import argparse
import getpass
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dispatch.account import ROLES
from gis.errors import Refusal

if TYPE_CHECKING:
    from store.accounts import Accounts

DONE, FAULT, WRONG_USAGE = 0, 1, 2


def add(commands: "argparse._SubParsersAction[Any]") -> None:
    """Register the commands."""
    user = commands.add_parser("user", help="accounts of people and programs")
    actions = user.add_subparsers(dest="action", required=True, metavar="ACTION")
    new = actions.add_parser(
        "add", help="a new account; the password is asked for, or read from one line of standard input"
    )
    new.add_argument("name", metavar="NAME", help="as typed at the login; for a worker as in staff.csv")
    new.add_argument("--role", required=True, choices=ROLES, metavar="ROLE", help=", ".join(ROLES))
    new.add_argument("--unit", metavar="CODE", help="an officer's township; the unit of a department or leader")
    new.set_defaults(run=add_user)
    for word, run, words in (
        ("password", change_password, "another password; ends the account's sessions"),
        ("disable", disable_user, "ends sessions and tokens, and allows no new ones"),
        ("enable", enable_user, "undoes disable"),
    ):
        action = actions.add_parser(word, help=words)
        action.add_argument("name", metavar="NAME")
        action.set_defaults(run=run)
    token = commands.add_parser("token", help="print a bearer token for an account, once")
    token.add_argument("name", metavar="NAME")
    token.add_argument("--expires", type=float, metavar="DAYS", help="the token ends after so many days")
    token.add_argument("--revoke", action="store_true", help="end all tokens of the account instead")
    token.set_defaults(run=issue_token)


def add_user(args: argparse.Namespace) -> int:
    """``user add NAME --role ROLE [--unit CODE]``"""
    from store.passwords import hash_password

    def work(accounts: "Accounts") -> None:
        accounts.check_new(args.name, args.role, args.unit)
        password_hash = hash_password(read_password())
        account = accounts.add(args.name, args.role, args.unit, password_hash, datetime.now(UTC))
        _say(f"Account {account.name} ({account.role}) is made.")

    return _with_accounts(work)


def change_password(args: argparse.Namespace) -> int:
    """``user password NAME``"""

    def work(accounts: "Accounts") -> None:
        accounts.set_password(args.name, read_password())
        _say(f"{args.name} has a new password; sessions begun before have ended.")

    return _with_accounts(work)


def disable_user(args: argparse.Namespace) -> int:
    """``user disable NAME``"""

    def work(accounts: "Accounts") -> None:
        accounts.disable(args.name, datetime.now(UTC))
        _say(f"{args.name} is disabled; its sessions and tokens have ended.")

    return _with_accounts(work)


def enable_user(args: argparse.Namespace) -> int:
    """``user enable NAME``"""

    def work(accounts: "Accounts") -> None:
        accounts.enable(args.name)
        _say(f"{args.name} is enabled again.")

    return _with_accounts(work)


def issue_token(args: argparse.Namespace) -> int:
    """``token NAME [--expires DAYS] [--revoke]``: the token alone on standard output."""

    def work(accounts: "Accounts") -> None:
        now = datetime.now(UTC)
        if args.revoke:
            _say(f"{accounts.revoke_tokens(args.name, now)} tokens of {args.name} have ended.")
            return
        print(accounts.issue_token(args.name, args.expires, now), flush=True)

    return _with_accounts(work)


class NoPassword(Refusal):
    """No password was given, or two different ones."""

    code = "no-password"


def read_password() -> str:
    """Ask twice at a terminal, else take one line of standard input without its end. Raises ``NoPassword``."""
    if not sys.stdin.isatty():
        line = sys.stdin.readline().rstrip("\r\n")
        if not line:
            raise NoPassword("Standard input holds no password.")
        return line
    try:
        first, second = getpass.getpass("Password: "), getpass.getpass("Once more: ")
    except EOFError:
        raise NoPassword("No password was given.") from None
    if first != second:
        raise NoPassword("The two passwords differ. Nothing was changed.")
    return first


def _with_accounts(work: Any) -> int:
    """Run ``work`` on the accounts of the opened database; a refusal becomes a sentence and exit code 1."""
    from cli.live import open_database
    from store.accounts import Accounts
    from store.errors import DatabaseAway, NoDatabase, SchemaFault

    try:
        with open_database() as database:
            work(Accounts(database.pool))
    except (DatabaseAway, NoDatabase, SchemaFault) as away:
        _say(away.detail)
        return WRONG_USAGE
    except Refusal as refusal:
        _say(refusal.detail)
        return FAULT
    return DONE


def _say(words: str) -> None:
    print(words, file=sys.stderr)
