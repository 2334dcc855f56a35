"""What faults of boundaries are called on a map, and what is to be done, in both languages."""

from dataclasses import dataclass

from boundaries.advice import ADVICE
from boundaries.fault import Fault


@dataclass(frozen=True, slots=True)
class FaultWords:
    """One language's words: kinds by their title and advice, and what stands on the list."""

    titles: dict[str, str]
    advice: dict[str, str]
    error: str
    warning: str
    errors: str
    warnings: str
    none: str
    more: str
    faults: str


_TITLES = {
    "wrong-datum": ("坐标系似有误", "Wrong datum?"),
    "wrong-count": ("数量不符", "Wrong count"),
    "missing-code": ("缺少编码", "No code"),
    "duplicate-code": ("编码重复", "Code given twice"),
    "retired-code": ("停用编码另用", "Retired code for another place"),
    "missing-township": ("未填所属街镇", "No township named"),
    "unknown-township": ("所属街镇不存在", "Unknown township"),
    "township-without-cells": ("街镇没有网格", "Township without cells"),
    "missing-geometry": ("没有图形", "No geometry"),
    "not-an-area": ("不是面", "Not an area"),
    "invalid-ring": ("边界自相交", "Unsound ring"),
    "overlap": ("重叠", "Overlap"),
    "across-townships": ("跨街镇", "Across townships"),
    "outside-township": ("超出街镇", "Outside its township"),
    "outside-outline": ("超出区界", "Outside the outline"),
    "gap": ("空隙", "Gap"),
    "t-junction": ("缺少公共顶点", "T-junction"),
    "sliver": ("狭长碎片", "Sliver"),
    "repeated-point": ("重复点", "Repeated point"),
}
_CHINESE_ADVICE = {
    "wrong-datum": "全部文件同此坐标系的,检查和发布时加 --datum;否则把该图层转换为 WGS84。",
    "wrong-count": "补齐或删去多余的区域,或更正 district.toml 中的数量。",
    "missing-code": "赋予一个现在和过去都没有用过的编码。",
    "duplicate-code": "只保留一个,其余另赋编码;同属一格的合并为一个多部件要素。",
    "retired-code": "换用新编码:旧事项仍记在这个编码下。",
    "missing-township": "在 township 字段填写街镇编码;字段另有名称的用 --township-field。",
    "unknown-township": "更正街镇编码,或补上该街镇。",
    "township-without-cells": "画出它的网格,或删去该街镇。",
    "missing-geometry": "补画图形,或删去该要素。",
    "not-an-area": "改为面或多面。",
    "invalid-ring": "在该处重画边界,使其不自相交;--fix 按奇偶规则修补。",
    "overlap": "打开顶点捕捉,把一方边界移到另一方边界上;--fix 把重叠处留给编码较小的一方。",
    "across-townships": "沿街镇界切开网格,或移动街镇界。",
    "outside-township": "把网格边界移回街镇界;或不给街镇图形,由网格合成。",
    "outside-outline": "把边界移回区界,或更正区界。",
    "gap": "打开顶点捕捉,把空隙并入相邻网格;--fix 可闭合狭窄的空隙。",
    "t-junction": "打开拓扑编辑,在公共边界上补上顶点;--fix 可补。",
    "sliver": "并入相邻网格,或删去。",
    "repeated-point": "可不处理;--fix 会去掉重复的点。",
}

_LAYERS = {"grids": "网格", "cells": "网格", "townships": "街镇", "outline": "区界"}

WORDS = {
    "zh": FaultWords(
        titles={kind: zh for kind, (zh, _) in _TITLES.items()},
        advice=_CHINESE_ADVICE,
        error="错误",
        warning="警告",
        errors="{n} 个错误",
        warnings="{n} 个警告",
        none="没有问题",
        more="另有 {n} 个未列出",
        faults="边界检查",
    ),
    "en": FaultWords(
        titles={kind: en for kind, (_, en) in _TITLES.items()},
        advice=ADVICE,
        error="error",
        warning="warning",
        errors="{n} errors",
        warnings="{n} warnings",
        none="No fault",
        more="and {n} more that are not listed",
        faults="Check of boundaries",
    ),
}


def words_for(language: str) -> FaultWords:
    """The words for ``"zh"`` or ``"en"``; any other language gets English."""
    return WORDS.get(language, WORDS["en"])


def said(fault: Fault, language: str) -> str:
    """A fault's detail: its own sentence in English, in Chinese the areas with the size and the width."""
    if language != "zh":
        return fault.detail
    parts = ["、".join(fault.codes[:6]) + (f" 等 {len(fault.codes)} 个" if len(fault.codes) > 6 else "")]
    if fault.size_m2 is not None:
        parts.append(f"面积 {fault.size_m2:,.2f} m²")
    if fault.size_m is not None:
        parts.append(f"{'偏离' if fault.kind == 't-junction' else '宽'}约 {fault.size_m:.3f} m")
    sentence = ",".join(part for part in parts if part)
    return sentence or _figures(fault) or fault.detail


def _figures(fault: Fault) -> str:
    """A fault of the whole, in Chinese; empty where there are no figures of it."""
    told = dict(fault.facts)
    layer = _LAYERS.get(str(told.get("layer")), "")
    if fault.kind == "wrong-datum" and layer:
        datum = "经纬度疑似颠倒" if told["datum"] == "swapped" else f"坐标系疑为 {told['datum']}"
        return f"{layer}的{datum}:现吻合 {told['agree']:.1%},改正后吻合 {told['would_agree']:.1%}"
    if fault.kind == "wrong-count" and layer:
        expected = "" if told["expected"] is None else f",应有 {told['expected']} 个"
        return f"{layer}有 {told['have']} 个{expected}"
    return f"{told['have']} 个{layer}均未填所属街镇" if fault.kind == "missing-township" and layer else ""
