"""The faults of a district as one map file: where each is, what it is and what to do; nothing is fetched."""

from collections import Counter
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from boundaries.district import District
from boundaries.edition import DEMONSTRATION
from boundaries.fault import Fault
from maps.briefing import page
from maps.draft import draft_areas
from maps.fault_words import FaultWords, said, words_for
from maps.layers import Note, Script, Style, cell_layer, empty_layer, empty_map, township_layer
from maps.pieces import take_apart
from maps.words import ILLUSTRATIVE, words_in

HERE = Path(__file__).resolve().parent
MOST = 1_000
"""So many faults are drawn and listed, errors first; the counts are of all."""


def faults_html(
    district: District, faults: Sequence[Fault], *, title: str, language: str = "zh", note: str | None = None
) -> str:
    """The file's text: the district's cells, every fault's shape and spot, and a list that leads to each.

    ``title`` says what was checked. Names, codes and sentences are printed as text, whatever stands in them. ``note``
    is the deployment's own line in the corner.
    """
    words, own = words_in(language), words_for(language)
    drawn = draft_areas(district)
    chart = empty_map(len(district.cells), None, words)
    layers = {
        "grids": cell_layer(drawn["cells"], words, _line("cell", 1, "#9fb0b8")),
        "townships": township_layer(drawn["townships"], words, _line("township", 1.6, "#16242b")),
        "warnings": empty_layer(own.warning),
        "errors": empty_layer(own.error),
    }
    for layer in layers.values():
        chart.add_child(layer)
    chart.add_child(Style())
    chart.add_child(Note(_note(district, note)))
    data = {
        "bounds": drawn["bounds"],
        "faults": [_told(fault, own, language) for fault in faults[:MOST]],
        "words": {"zoomIn": words.zoom_in, "zoomOut": words.zoom_out},
    }
    chart.add_child(Script("faults.js", "firstlineFaults", chart, layers, data))
    return page(take_apart(chart, inline=True), title, _panel(faults, title, own, language), words.language_tag)


def _told(fault: Fault, words: FaultWords, language: str) -> dict[str, Any]:
    return {
        "kind": fault.kind,
        "severity": fault.severity,
        "title": words.titles[fault.kind],
        "detail": said(fault, language),
        "advice": words.advice[fault.kind],
        "lon": fault.lon,
        "lat": fault.lat,
        "shape": fault.shape,
    }


def _panel(faults: Sequence[Fault], title: str, words: FaultWords, language: str) -> str:
    """The list: how many of each kind, then each with a button that the script gives its work."""
    count = Counter(fault.severity for fault in faults)
    figures = " · ".join(
        part.format(n=count[severity])
        for severity, part in (("error", words.errors), ("warning", words.warnings))
        if count[severity]
    )
    kinds = Counter((fault.severity, fault.kind) for fault in faults)
    summary = "".join(
        f'<li class="{severity}">{escape(words.titles[kind])} <b>{n}</b></li>' for (severity, kind), n in kinds.items()
    )
    listed = "".join(_entry(fault, words, language) for fault in faults[:MOST])
    more = f"<p>{escape(words.more.format(n=len(faults) - MOST))}</p>" if len(faults) > MOST else ""
    style = (HERE / "faults.css").read_text(encoding="utf-8")
    return (
        f'<style>{style}</style><section class="faults" aria-label="{escape(words.faults)}"><h1>{escape(title)}</h1>'
        f'<p class="fault-figures">{escape(figures or words.none)}</p><ul class="fault-kinds">{summary}</ul>'
        f'<ol class="fault-list">{listed}</ol>{more}</section>'
    )


def _entry(fault: Fault, words: FaultWords, language: str) -> str:
    severity = words.error if fault.severity == "error" else words.warning
    where = "" if fault.lon is None else f"<small>{fault.lon:.6f}, {fault.lat:.6f}</small>"
    return (
        f'<li><button type="button" class="{fault.severity}"><b>{escape(words.titles[fault.kind])}</b> '
        f"<i>{escape(severity)}</i><span>{escape(said(fault, language))}</span>{where}</button></li>"
    )


def _note(district: District, note: str | None) -> str:
    said_ = [district.provenance, *district.cell_provenance.values(), *(area.provenance for area in district.townships)]
    return " · ".join([*([ILLUSTRATIVE] if DEMONSTRATION in said_ else []), *([note] if note else [])])


def _line(kind: str, weight: float, colour: str) -> Any:
    """Borders alone: what is wrong is to be seen."""

    def style(_feature: dict[str, Any]) -> dict[str, Any]:
        return {"className": f"{kind} plain", "weight": weight, "color": colour, "fill": False, "interactive": False}

    return style
