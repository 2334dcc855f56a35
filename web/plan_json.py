"""Drafts of boundaries and the work on them as the JSON API shows them."""

from collections.abc import Mapping
from typing import Any

from boundaries.draft import Draft


def draft_json(draft: Draft) -> dict[str, Any]:
    """One draft without its files."""
    errors, warnings = draft.checked or (None, None)
    return {
        "id": draft.id,
        "name": draft.name,
        "made_by": draft.made_by,
        "made_at": draft.made_at.isoformat(),
        "townships": draft.townships,
        "grids": draft.grids,
        "bytes": draft.size,
        "datum": draft.reading.datum,
        "code_field": draft.reading.code_field,
        "name_field": draft.reading.name_field,
        "township_field": draft.reading.township_field,
        "left_out": list(draft.left_out),
        "editions": list(draft.editions),
        "errors": errors,
        "warnings": warnings,
    }


def job_json(job: Mapping[str, Any]) -> dict[str, Any]:
    """One piece of work; ``result`` is null until it is done."""
    return {**job, "made_at": job["made_at"].isoformat()}
