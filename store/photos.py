"""Photographs of items: adding, reading, releasing them to the citizen.

The files are on disk before the row that speaks of them commits. Whoever is killed in between leaves a file that no
row knows, never a row without its file; sending it again then finds the file and writes the row.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from psycopg2.extensions import cursor

from dispatch.account import Account
from dispatch.errors import UnknownItem
from dispatch.item import Item
from dispatch.photo import Photo
from dispatch.photographing import admit
from store import saving
from store.desk import bounded, scope, unknown
from store.picture_files import PictureFiles
from store.pictures import Picture, read_picture
from store.pool import Pool
from store.queries import queries
from store.rows import item_of


class Photos:
    """Photographs through the eyes of an account: their scope is that of their item."""

    def __init__(self, pool: Pool, pen: saving.Pen, files: PictureFiles, clock: Callable[[], datetime]) -> None:
        self.pool, self.pen, self.files, self.clock = pool, pen, files, clock

    def add(
        self, account: Account, number: str, stage: str | None, sent: bytes, key: str | None = None,
        more: Mapping[str, str] | None = None,
    ) -> tuple[Item, Photo, bool]:  # fmt: skip
        """Add a photograph to an item: the item, the photograph, and True where it is new. ``more``, nothing personal,
        goes into its event as well.

        The same ``key`` (Idempotency-Key) of the account gives the item's first photograph of that key again,
        whatever is sent. When this returns, row and files are on disk. Raises UnknownItem, Forbidden, WrongState,
        BadArguments, BadPhoto, PhotosAway.
        """
        key = bounded(key) if key else None
        self.pen.units()  # read before the transaction: whoever holds a connection waits for no other
        with self.pool.transaction() as cur:
            item = _card(cur, account, number)
            if (first := _first(cur, account, item, key)) is not None:
                return *first, False
        stage = admit(item, account, stage)
        picture = read_picture(sent, self.pen.rules.zone)
        names = {"sha256": self.files.put(picture.data), "thumbnail": self.files.put(picture.thumbnail)}
        names["sent"] = hashlib.sha256(sent).hexdigest()
        with self.pool.transaction() as cur:
            before = _locked(cur, account, number)
            if (first := _first(cur, account, before, key)) is not None:
                return *first, False
            stage = admit(before, account, stage)
            now = self.clock()
            row = _row(before, account, stage, picture) | {"at": now, "key": key}
            cur.execute(queries.photo_insert, row | names)
            id = cur.fetchone()["id"]
            facts = {"photo": id, "stage": stage, "sha256": names["sha256"], "position": picture.spot is not None}
            after = replace(before, updated_at=now)
            saving.save(cur, self.pen, before, after, account, "photo", {**facts, **(more or {})})
            item = _card(cur, account, number)
        return item, _among(item, id), True

    def picture(self, account: Account, id: int, *, thumbnail: bool = False) -> tuple[str, Callable[[], bytes]]:
        """The sha256 of a picture in scope, and what reads its bytes. Raises UnknownItem; the reader PhotosAway."""
        with self.pool.transaction() as cur:
            row = _in_scope(cur, account, id)
        name = row["thumbnail" if thumbnail else "sha256"]
        return name, lambda: self.files.read(name)

    def release(self, account: Account, id: int, reason: str | None) -> tuple[Item, Photo]:
        """Let the citizen see a photograph; one that was released already stays as it is. Raises UnknownItem."""
        self.pen.units()
        with self.pool.transaction() as cur:
            number = _in_scope(cur, account, id)["number"]
            before = _locked(cur, account, number)
            photo = _among(before, id)
            if photo.released_at is not None:
                return before, photo
            now = self.clock()
            cur.execute(queries.photo_release, {"id": id, "account": account.id, "at": now})
            facts = {"photo": id, "stage": photo.stage, "sha256": photo.sha256}
            salt = secrets.token_hex(8) if reason else None
            after = replace(before, updated_at=now)
            saving.save(cur, self.pen, before, after, account, "release", facts, reason or None, salt)
            item = _card(cur, account, number)
        return item, _among(item, id)


def _card(cur: cursor, account: Account, number: str) -> Item:
    cur.execute(queries.item_card, {"number": number, "keys": scope(account)})
    row = cur.fetchone()
    if row is None:
        raise unknown(number)
    return item_of(row)


def _locked(cur: cursor, account: Account, number: str) -> Item:
    cur.execute(queries.item_lock, {"number": number, "keys": scope(account)})
    if cur.fetchone() is None:
        raise unknown(number)
    return _card(cur, account, number)


def _first(cur: cursor, account: Account, item: Item, key: str | None) -> tuple[Item, Photo] | None:
    """The photograph that ``key`` already stands for, and the item with it; None for none."""
    if key is None:
        return None
    cur.execute(queries.photo_by_key, {"account": account.id, "item_id": item.id, "key": key})
    row = cur.fetchone()
    if row is None:
        return None
    item = _card(cur, account, item.number)  # again: the photograph may have come since the item was read
    return item, _among(item, row["id"])


def _in_scope(cur: cursor, account: Account, id: int) -> dict[str, str]:
    cur.execute(queries.photo_in_scope, {"id": id, "keys": scope(account)})
    row = cur.fetchone()
    if row is None:
        raise UnknownItem(f"There is no photograph {id} among those you may see.")
    return dict(row)


def _among(item: Item, id: int) -> Photo:
    return next(photo for photo in item.photos if photo.id == id)


def _row(item: Item, account: Account, stage: str, picture: Picture) -> dict[str, object]:
    """What is stored of a picture, beside the names of its files and the time."""
    spot = picture.spot
    return {
        "item_id": item.id, "stage": stage, "width": picture.width, "height": picture.height,
        "lon": spot.lon if spot else None, "lat": spot.lat if spot else None, "taken_at": picture.taken_at,
        "account": account.id, "role": account.role, "unit": account.unit,
    }  # fmt: skip
