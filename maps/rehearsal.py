"""A map of what a draft would do: the ground that moves with its items, and every cell's load as it would be."""

from collections.abc import Mapping
from typing import Any

from boundaries.difference import Difference
from boundaries.edition import Edition
from dispatch.rehearsal import Evenness, Load, Rehearsal
from maps.ground import area_words, change_map, ground_words, spoken_m2
from maps.legend import legend_html
from maps.scale import scale_for
from maps.words import words_in

WORDS = {
    "zh": {
        "title": "边界推演:对照现行版本 {edition}",
        "open": "在办事项 {total} 件,其中 {any} 件变更({kept} 件办理中,牵头单位不变)",
        "past": "历史事项 {total} 件({months:.1f} 个月),其中 {any} 件变更归属",
        "doubtful": "存疑:在办 {0} → {1},历史 {2} → {3}",
        "workers": "网格员月均事项变异系数 {0} → {1};最多 {2}",
        "townships": "街镇月均事项变异系数 {0} → {1};最多 {2}",
        "load": "月均事项(新边界)",
        "items": "月均事项 {0} → {1}",
        "area": "面积 {0} → {1}",
        "moving": "在办 {open} 件,历史 {past} 件",
        "unstaffed": "{n} 个网格没有网格员",
    },
    "en": {
        "title": "Rehearsal against Edition {edition}",
        "open": "Open items {total}, of which {any} change ({kept} in work keep their lead)",
        "past": "Past items {total} ({months:.1f} months), of which {any} would have gone elsewhere",
        "doubtful": "Doubtful: open {0} → {1}, past {2} → {3}",
        "workers": "Grid workers' items a month, coefficient of variation {0} → {1}; most {2}",
        "townships": "Townships' items a month, coefficient of variation {0} → {1}; most {2}",
        "load": "Items a month, boundaries as drafted",
        "items": "items a month {0} → {1}",
        "area": "area {0} → {1}",
        "moving": "{open} open items, {past} past ones",
        "unstaffed": "{n} cells have no worker",
    },
}  # fmt: skip
NONE = "-"


def rehearsal_html(
    before: Edition, after: Edition, found: Difference, told: Rehearsal, *, language: str = "zh",
    note: str | None = None,
) -> str:  # fmt: skip
    """The file's text. ``found`` is the Difference of the two Editions; nobody's item is on the map, only counts."""
    words, own = WORDS.get(language, WORDS["en"]), ground_words(language)
    loads = {load.code: load for load in told.grids}
    moving = {(pair.before_grid, pair.after_grid): pair for pair in told.pairs}
    highest = max((load.items[1] or 0.0 for load in told.grids), default=0.0)
    scale = scale_for(round(highest))

    def ground_tip(piece: Mapping[str, Any]) -> list[str]:
        sides = (area_words(piece[f"{side}_name"], piece[side], own.nobody) for side in ("before", "after"))
        pair = moving.get((piece["before"], piece["after"]))
        counts = {"open": pair.open if pair else 0, "past": pair.past if pair else 0}
        return [" → ".join(sides), spoken_m2(piece["m2"]), words["moving"].format(**counts)]

    def cell_tip(cell: Mapping[str, Any]) -> list[str]:
        load = loads.get(cell["code"])
        return [area_words(cell["name"], cell["code"], ""), *(_load(load, words) if load else [])]

    def fill(cell: Mapping[str, Any]) -> str | None:
        load = loads.get(cell["code"])
        return scale.colour(round(load.items[1])) if load and load.items[1] is not None and told.months else None

    return change_map(
        before, after, found, title=words["title"].format(edition=told.edition), lines=_lines(told, words),
        ground_tip=ground_tip, cell_tip=cell_tip, fill=fill,
        legend=legend_html(scale, words["load"], words_in(language)), language=language, note=note,
    )  # fmt: skip


def _lines(told: Rehearsal, words: Mapping[str, str]) -> list[str]:
    spread = {(one.of, one.measure): one for one in told.evenness}
    past = told.past
    lines = [
        words["open"].format(total=told.open.total, any=told.open.any, kept=told.kept),
        words["past"].format(total=past.total, any=past.any, months=told.months),
        words["doubtful"].format(*told.open.doubtful, *past.doubtful),
        words["workers"].format(*_spread(spread["worker", "items"])),
        words["townships"].format(*_spread(spread["township", "items"])),
    ]
    return lines + ([words["unstaffed"].format(n=len(told.unstaffed))] if told.unstaffed else [])


def _spread(one: Evenness) -> tuple[str, str, str]:
    first, second = ("-" if cv is None else f"{cv:.3f}" for cv in one.cv)
    return first, second, NONE if one.worst[1] is None else f"{one.worst[1]} ({one.most[1]:.1f})"


def _load(load: Load, words: Mapping[str, str]) -> list[str]:
    items = (NONE if value is None else f"{value:.1f}" for value in load.items)
    areas = (NONE if value is None else spoken_m2(value * 1e6) for value in load.km2)
    return [words["items"].format(*items), words["area"].format(*areas)]
