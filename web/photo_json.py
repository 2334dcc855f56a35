"""Photographs as the JSON API shows them."""

from collections.abc import Callable
from typing import Any

from flask import Response, request

from dispatch.account import Account
from dispatch.item import Item
from dispatch.photo import Photo
from dispatch.photographing import distance_m, twins_seen_by


def photo_json(photo: Photo, item: Item, reader: Account) -> dict[str, Any]:
    """One photograph of ``item`` as ``reader`` may see it.

    ``duplicate_of`` numbers the items in the reader's scope that hold the same picture (this one too, where it stands
    as another stage); ``duplicates`` counts all of them.
    """
    address = f"/api/v1/photos/{photo.id}"
    place = {"lon": photo.lon, "lat": photo.lat, "distance_m": distance_m(item, photo)}
    return {
        "id": photo.id,
        "stage": photo.stage,
        "url": address,
        "thumbnail": f"{address}/thumbnail",
        "width": photo.width,
        "height": photo.height,
        "at": photo.at.isoformat(),
        "by": {"role": photo.role, "unit": photo.unit},
        "taken_at": photo.taken_at.isoformat() if photo.taken_at else None,
        "place": place if photo.lon is not None else None,
        "released": photo.released_at is not None,
        "duplicate_of": list(twins_seen_by(photo, reader)),
        "duplicates": len({twin.number for twin in photo.twins}),
    }


def picture_answer(sha256: str, read: Callable[[], bytes]) -> Response:
    """The bytes of a picture for who has no account: a browser may keep them, and asks each time whether it still may
    show them."""
    answer = Response(content_type="image/jpeg")
    answer.set_etag(sha256)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Content-Security-Policy"] = "default-src 'none'"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if request.if_none_match.contains(sha256):
        answer.status_code = 304
        return answer
    answer.set_data(read())
    return answer
