"""The rule folder: the shipped one is whole, and no fault in a changed one goes by without its place and remedy."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dispatch.faults import Fault
from dispatch.rulebook import RULES, RuleError, read_rules
from gis.errors import Refusal

Change = Callable[[str, str, str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped rules."""
    shutil.copytree(RULES, tmp_path / "rules")
    return tmp_path / "rules"


@pytest.fixture
def change(folder: Path) -> Change:
    """Replaces a text that stands in a file of the copy."""

    def replace(name: str, old: str, new: str) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace


def faults(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(RuleError) as caught:
        read_rules(folder)
    return caught.value.faults


def line_of(folder: Path, name: str, start: str) -> int:
    lines = (folder / name).read_text(encoding="utf-8").split("\n")
    return next(number for number, line in enumerate(lines, 1) if line.startswith(start))


def test_the_shipped_rules_are_whole() -> None:
    rules = read_rules(RULES)
    assert 60 <= len(rules.categories) <= 100
    assert set(rules.handlers) == set(rules.categories)
    assert {unit.code for unit in rules.units.values() if unit.kind == "department"} == {
        "construction-bureau",
        "construction-investment",
        "city-management",
        "housing-bureau",
        "market-supervision",
        "environment-bureau",
        "civil-affairs",
    }
    assert rules.units["municipal-works"].kind == "city"
    assert rules.units["water-company"].kind == "firm"
    assert (rules.doubt_share, rules.thresholds.checkin_radius_m, rules.thresholds.checkin_window_min) == (0.2, 200, 60)
    assert {code for code, channel in rules.channels.items() if channel.datum == "gcj02"} == {
        "wechat",
        "app",
        "miniprogram",
    }
    assert str(rules.zone) == "Asia/Shanghai"
    assert len({category.minor for category in rules.categories.values()}) == len(rules.categories)


def test_codes_survive_a_spreadsheet() -> None:
    for code in read_rules(RULES).categories:
        assert f"{float(code):g}" == code


def test_the_hash_follows_the_rules_and_nothing_else(folder: Path, change: Change) -> None:
    before = read_rules(folder)
    assert len(before.hash) == 64
    assert before.hash == read_rules(RULES).hash
    change("units.csv", "水务集团联络岗", "水务集团值班岗")
    (folder / "README.md").write_text("other words", encoding="utf-8")
    text = (folder / "grounds.csv").read_text(encoding="utf-8")
    (folder / "grounds.csv").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert read_rules(folder).hash == before.hash
    change("rules.toml", "radius_m = 200 ", "radius_m = 150 ")
    assert read_rules(folder).hash != before.hash
    assert "radius_m = 150" in read_rules(folder).text


def test_a_category_is_found_by_code_or_by_either_name() -> None:
    rules = read_rules(RULES)
    for word in ("3.02", "井盖缺失破损", " missing or BROKEN manhole cover ", "3.02 "):
        assert rules.find_category(word) is rules.categories["3.02"]
    for word in ("", "3.2", "井盖", "unclassified", "3"):
        assert rules.find_category(word) is None
    assert rules.category("3.02") is rules.categories["3.02"]
    assert rules.category(None) is rules.category("99") is None


def test_a_name_that_two_categories_share_means_neither(folder: Path, change: Change) -> None:
    change("categories.csv", "道路不洁,", "暴露垃圾,")
    rules = read_rules(folder)
    assert rules.find_category("暴露垃圾") is None
    assert rules.find_category("Unclean road surface") is rules.categories["1.02"]


def test_a_place_is_needed_unless_kind_or_category_needs_none() -> None:
    rules = read_rules(RULES)
    with_place, without = rules.categories["1.01"], rules.categories["13.01"]
    assert rules.needs_place(with_place, "complaint")
    assert rules.needs_place(None, None)
    assert rules.needs_place(None, "unclassified")
    assert not rules.needs_place(with_place, "consultation")
    assert not rules.needs_place(without, "complaint")
    assert not rules.needs_place(None, "praise")


FAULTY = [
    # file, old, new, the start of the faulty line, what the fault says
    ("categories.csv", ",minor_en,", ",minor_en,colour,", "code", "colour"),
    ("categories.csv", "code,major,", "code,", "code", "column major is missing"),
    (
        "categories.csv",
        "1.02,",
        "1.01,",
        "1.01,市容环卫,City appearance and sanitation,道路不洁",
        "'1.01' stands twice",
    ),
    ("categories.csv", "1.02,", ",", ",市容环卫", "code is empty"),
    ("categories.csv", "settle=1 working-days", "settle=1 working-day", "1.01", "'1 working-day'"),
    ("categories.csv", "settle=1 working-days", "settle=0 working-days", "1.01", "above zero"),
    ("categories.csv", "settle=1 working-days", "settle=900 working-days", "1.01", "within a year"),
    ("categories.csv", "settle=1 working-days", "settle=1.5 working-days", "1.01", "part of a working day"),
    ("categories.csv", "settle=1 working-days", "repair=1 working-days", "1.01", "stage 'repair'"),
    ("categories.csv", "settle=1 working-days", "answer=1 working-days", "1.01", "stage answer stands twice"),
    ("categories.csv", "settle=1 working-days", "settle=30 working-days", "1.01", "verify would be due before settle"),
    ("categories.csv", "complaint,normal", "grumble,normal", "1.01", "kind 'grumble'"),
    ("categories.csv", "complaint,normal", "complaint,soon", "1.01", "urgency 'soon'"),
    ("categories.csv", "complaint,normal,yes", "complaint,normal,perhaps", "1.01", "neither yes nor no"),
    ("categories.csv", "暴露垃圾,", "暴露,垃圾,", "1.01", "14 cells where the header has 13"),
    ("categories.csv", "暴露垃圾,", '"暴露垃圾,', "1.01", "is not CSV"),
    ("handlers.csv", "1.04,city-management", "1.04,city-office", "1.04", "unit 'city-office' does not exist"),
    ("handlers.csv", "1.04,city-management", "1.04,water-company", "1.04", "water-company is a firm"),
    ("handlers.csv", "1.01,lead,city-management", "1.01,lead,lead", "1.01", "unit lead stands twice"),
    ("handlers.csv", "1.01,", "1.10,", "1.10", "category '1.10' does not exist"),
    ("handlers.csv", "1.01,", "1.02,", "1.02,lead,city-management,settle\n", "stands twice"),
    ("handlers.csv", "city-management,settle", "city-management,look", "1.01", "task 'look'"),
    ("channels.csv", "wgs84,50", "wgs84,near", "phone", "accuracy_m 'near'"),
    ("channels.csv", "gcj02,30", "mars,30", "wechat", "datum 'mars'"),
    ("channels.csv", "sms,", "telegram,", "", "no line for sms"),
    ("kinds.csv", "praise,", "thanks,", "thanks", "code 'thanks'"),
    ("kinds.csv", "settle; confirm", "settle; verify", "help", "task 'verify'"),
    ("urgencies.csv", "accept=2 working-hours; ", "", "urgent", "no limit for accept"),
    ("grounds.csv", "secret,", "emergency,", "emergency,涉及", "stands twice"),
    ("escalation.csv", "normal,warning", "usual,warning", "usual", "ladder 'usual'"),
    ("escalation.csv", "normal,reminder,due,", "normal,nudge,due,", "normal,nudge", "rung 'nudge'"),
    ("escalation.csv", "normal,reminder,due,handler", "normal,reminder,due,mayor", "normal,reminder,due", "to 'mayor'"),
    ("escalation.csv", "normal,reminder,4 working-hours", "normal,reminder,soon", "normal,reminder,soon", "'soon'"),
    ("escalation.csv", "handler,2 working-days", "handler,", "normal,order", "an order alone has a limit"),
    (
        "escalation.csv",
        "normal,reminder,due,handler,",
        "normal,reminder,near,handler,",
        "normal,reminder,near",
        "warning",
    ),
    ("escalation.csv", "normal,warning,near,handler,", "normal,warning,due,handler,", "normal,warning,due", "warning"),
    ("escalation.csv", "call,reminder,due", "call,order,due", "call,order", "an order alone"),
    ("escalation.csv", "call,reminder,due", "call,warning,near", "call,warning", "reminders alone"),
    (
        "escalation.csv",
        "urgent,reminder,1 working-days",
        "urgent,reminder,1 working-hours",
        "urgent,reminder,1 working-hours",
        "before the one above",
    ),
    ("escalation.csv", "urgent,reminder,1 working-days", "normal,reminder,9 working-days", "normal,reminder,9", "last"),
    ("mutual.csv", "township,cooperative", "township,solved", "township,solved", "stands twice for township"),
    ("mutual.csv", "township,solved,问题解决", "town,solved,问题解决", "town,", "side 'town'"),
    ("mutual.csv", "department,necessary,", "department,,", "department,,", "code is empty"),
    ("mutual.csv", "side,code,zh,en", "side,code,zh", "side,", "column en is missing"),
    ("rules.toml", 'rate = "3 working-days"', 'rate = "3 days"', "rate", "limit '3 days'"),
    ("rules.toml", "late_min = 60", "late_min = 0", "late_min", "no number above 0"),
    ("rules.toml", "doubt_share = 0.2", "doubt_share = 20", "doubt_share", "20"),
    ("rules.toml", "doubt_share = 0.2", "dout_share = 0.2", "dout_share", "dout_share is unknown"),
    ("rules.toml", "radius_m = 200", 'radius_m = "200"', "radius_m", "no number"),
    ("rules.toml", "radius_m = 200", "radius_m 200", "radius_m", "is not TOML"),
    ("rules.toml", "[checkin]", "[checkout]", "[checkout]", "[checkout] is unknown"),
    ("rules.toml", 'pause = "5 working-days"', 'pause = "soon"', "pause", "limit 'soon'"),
    ("calendar.toml", "Asia/Shanghai", "Asia/Fuzhou", "timezone", "Asia/Fuzhou"),
    ("calendar.toml", '"08:00-12:00", "15:00-18:00"', '"12:00-08:00"', "[hours.summer]", "12:00-08:00"),
    ("calendar.toml", '"08:00-12:00", "15:00-18:00"', '"08:00-12:00", "11:00-18:00"', "[hours.summer]", "out of order"),
    ("calendar.toml", 'from = "06-01"', 'from = "06-31"', "[hours.summer]", "06-31"),
    ("calendar.toml", 'from = "06-01"\n', "", "[hours.summer]", "only one of from and to"),
    ("calendar.toml", "2027-02-05,", "2026-02-05,", "[years.2027]", "no date of 2027"),
    ("calendar.toml", "complete = false", "complete = false\nworking = [2027-02-05]", "[years.2027]", "both off and"),
    ("calendar.toml", "[years.2027]\nsource", "[years.2027]\nsauce", "sauce", "'sauce' is unknown"),
    ("units.csv", "water-company", "lead", "lead", "word of handlers.csv"),
    ("units.csv", "水务集团,firm", "水务集团,company", "water-company", "kind 'company'"),
]


@pytest.mark.parametrize(("name", "old", "new", "start", "words"), FAULTY)
def test_a_fault_is_told_with_its_place(
    folder: Path, change: Change, name: str, old: str, new: str, start: str, words: str
) -> None:
    change(name, old, new)
    line = line_of(folder, name, start.rstrip("\n")) if start else 0
    found = [fault for fault in faults(folder) if fault.file == name and words in str(fault)]
    assert found, faults(folder)
    # a doubled line is faulty where it stands the second time, which is the next one
    assert found[0].line in (line, line + 1 if "twice" in words else line)
    assert found[0].remedy


def test_wrong_encoding_is_told_with_its_line(folder: Path) -> None:
    text = (folder / "categories.csv").read_text(encoding="utf-8")
    (folder / "categories.csv").write_bytes(text.encode("gb18030"))
    fault = faults(folder)[0]
    assert (fault.file, fault.line) == ("categories.csv", 1)
    assert "UTF-8" in fault.remedy
    (folder / "categories.csv").write_bytes(text.encode("utf-16"))
    assert faults(folder)[0].file == "categories.csv"


def test_a_missing_and_a_strange_file_are_faults(folder: Path) -> None:
    (folder / "grounds.csv").rename(folder / "ground.csv")
    assert {fault.file for fault in faults(folder)} == {"grounds.csv", "ground.csv"}


def test_each_side_of_the_mutual_rating_has_a_criterion(folder: Path) -> None:
    text = (folder / "mutual.csv").read_text(encoding="utf-8")
    kept = "\n".join(line for line in text.split("\n") if not line.startswith("township"))
    (folder / "mutual.csv").write_text(kept, encoding="utf-8")
    assert [fault.detail for fault in faults(folder)] == ["no line for township"]


def test_an_empty_file_and_no_folder_are_faults(folder: Path) -> None:
    (folder / "kinds.csv").write_text("", encoding="utf-8")
    assert "the file is empty" in faults(folder)[0].detail
    assert "is no folder" in faults(folder / "none")[0].detail


def test_all_faults_are_told_at_once_as_a_refusal(folder: Path, change: Change) -> None:
    change("categories.csv", "complaint,normal", "grumble,soon")
    change("channels.csv", "gcj02,30", "mars,30")
    with pytest.raises(Refusal) as caught:
        read_rules(folder)
    assert caught.value.code == "faulty-rule"
    assert len(caught.value.members["errors"]) == 3
    assert caught.value.detail.count("\n") == 2
    assert "categories.csv:3: " in caught.value.detail
