"""What the collections are: their fields, which of them can be asked for by name, and the time that counts."""

from dataclasses import dataclass

from flask_babel import gettext as _

from web import asked

INSTANT = "date-time"


@dataclass(frozen=True, slots=True)
class Field:
    """A property of features. ``type`` and ``format`` are JSON Schema's; ``words`` the only values there are;
    ``asked``: a parameter of this name selects the features that have exactly this value."""

    name: str
    type: str = "string"
    format: str | None = None
    words: tuple[str, ...] = ()
    asked: bool = False

    def schema(self) -> dict[str, object]:
        """The field in JSON Schema."""
        more = {"format": self.format, "enum": list(self.words) or None}
        return {"type": self.type, **{name: value for name, value in more.items() if value}}


@dataclass(frozen=True, slots=True)
class Collection:
    """``geometry``: ``point`` or ``multipolygon``. ``time``: the property that
    ``datetime`` looks at; None where it chooses the Edition."""

    id: str
    geometry: str
    time: str | None
    fields: tuple[Field, ...]

    @property
    def filters(self) -> dict[str, Field]:
        """The fields that can be asked for, by name."""
        return {field.name: field for field in self.fields if field.asked}

    @property
    def areas(self) -> bool:
        """Whether it holds areas of an Edition."""
        return self.time is None


def _keys(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, asked=True) for name in names)


def _texts(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name) for name in names)


def _instants(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, format=INSTANT) for name in names)


_EDITION = (Field("edition", "integer"), *_instants("valid_from", "valid_to"), Field("km2", "number"))
PROVENANCE = Field("provenance")
SUMMONS_STATES = ("open", "concluded", "cancelled")

COLLECTIONS = {
    one.id: one
    for one in (
        Collection("townships", "multipolygon", None, (*_keys("code", "name"), *_EDITION, PROVENANCE)),
        Collection(
            "grids",
            "multipolygon",
            None,
            (
                *_keys("code", "name", "township"),
                Field("township_name"),
                *_keys("community"),
                Field("community_name"),
                *_EDITION,
                PROVENANCE,
            ),
        ),
        Collection(
            "items",
            "point",
            "created_at",
            (
                *_keys("number"),
                Field("status", words=asked.STATUSES, asked=True),
                Field("open", "boolean", asked=True),
                *_keys("kind", "channel", "category"),
                *_texts("category_name"),
                Field("urgency", words=("critical", "urgent", "normal"), asked=True),
                *_keys("township"),
                *_texts("township_name"),
                *_keys("community", "grid"),
                *_texts("grid_name"),
                *_keys("lead"),
                *_texts("lead_name", "handler", "handler_name"),
                Field("late", "boolean"),
                *_instants("due_at"),
                Field("edition", "integer"),
                Field("border_m", "number"),
                Field("on_border", "boolean"),
                Field("doubtful", "boolean"),
                *_instants("received_at", "created_at", "dispatched_at", "updated_at"),
                PROVENANCE,
            ),
        ),
        Collection(
            "summonses",
            "point",
            "meet_at",
            (
                *_keys("number"),
                Field("state", words=SUMMONS_STATES, asked=True),
                *_keys("township"),
                *_texts("township_name"),
                *_keys("category"),
                *_texts("category_name"),
                *_instants("meet_at", "acknowledge_by"),
                Field("called", "integer"),
                Field("acknowledged", "integer"),
                Field("come", "integer"),
                *_texts("departments"),
                *_instants("opened_at", "updated_at", "closed_at"),
                PROVENANCE,
            ),
        ),
    )
}


def title_of(collection: Collection) -> str:
    """What a collection is called, in the reader's language."""
    return {"townships": _("Townships"), "grids": _("Grid cells"), "items": _("Items"), "summonses": _("Summonses")}[
        collection.id
    ]


def description_of(collection: Collection) -> str:
    """What a collection holds, in the reader's language."""
    edition = _("As of the Edition that is live, or was live at the instant of datetime.")
    scope = _("Those that you may see. Nothing of the citizen: no name, no phone, no words, no address.")
    return {
        "townships": _("The townships of the district.") + " " + edition,
        "grids": _("The grid cells of the district.") + " " + edition,
        "items": scope + " " + _("datetime looks at created_at."),
        "summonses": scope + " " + _("datetime looks at meet_at."),
    }[collection.id]
