"""Finding the place of an address: what people write, what it must say when it does not know."""

from pathlib import Path
from time import perf_counter

import pytest

from boundaries.addresses import is_road, plain, roads_of, spellings
from boundaries.gazetteer import Gazetteer, GazetteerRow
from boundaries.read import read_district

GULOU = Path(__file__).parents[2] / "boundaries" / "gulou"


@pytest.fixture(scope="module")
def gulou() -> Gazetteer:
    return Gazetteer.of(read_district(GULOU))


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("西洪路", "西洪路"),
        ("福州市鼓楼区西洪路816花园门口", "西洪路站"),
        ("福建省福州市鼓楼区五四路１５８号", "环球大厦"),
        ("五 四 路 158 号", "环球大厦"),
        ("五四路150号", "五四路"),
        ("东街14号", "闽晖大厦"),
        ("软件大道89号", "软件大道"),
        ("军门社区", "军门社区"),
        ("军门", "军门社区"),
        ("中山社区居委会门口乱停车", "中山社区"),
        ("鼓西街道达明社区", "达明社区"),
        ("鼓东街道", "鼓东街道"),
        ("福州市鼓楼区东街街道", "东街街道"),
        ("屏西小区", "屏西小区站"),
        ("鼓楼区政府大院", "鼓楼区政府大院站"),
        ("\u202e西洪路\u202c🚗", "西洪路"),
    ],
)
def test_addresses_that_are_known(gulou: Gazetteer, address: str, name: str) -> None:
    match = gulou.match(address)
    assert match.reason is None and match.places[0].name == name


@pytest.mark.parametrize(
    "address", ["大凤路", "澳门新村", "长安街1号", "", "   ", "鼓楼区", "🚗🚗🚗", None, "0", "x" * 10_000]
)
def test_addresses_that_are_not_known_say_so(gulou: Gazetteer, address: str | None) -> None:
    match = gulou.match(address)
    assert match.reason == "address-unknown" and len(match.places) <= 5


def test_far_apart_places_that_are_alike_are_ambiguous_and_told(gulou: Gazetteer) -> None:
    match = gulou.match("永辉")
    assert match.reason == "address-ambiguous"
    assert {"国棉永辉站", "杨桥永辉站"} <= {place.name for place in match.places}


def test_near_places_that_are_alike_are_one_place() -> None:
    rows = [
        GazetteerRow("甲营房里", "spot", 119.3, 26.1, 50, None),
        GazetteerRow("乙营房里", "spot", 119.301, 26.1, 50, None),
    ]
    assert Gazetteer(rows).match("营房里").reason is None


def test_accuracy_is_honest(gulou: Gazetteer) -> None:
    def accuracy(text: str) -> float:
        return gulou.match(text).places[0].accuracy_m

    assert accuracy("五四路158号") <= 100 < accuracy("军门社区") < accuracy("五四路") < accuracy("洪山镇")


def test_a_stop_called_after_a_road_does_not_stand_for_the_road(gulou: Gazetteer) -> None:
    assert gulou.match("西洪路").places[0].accuracy_m >= 800
    assert gulou.match("西洪路站").places[0].accuracy_m == 50


def test_another_house_number_is_not_a_slip(gulou: Gazetteer) -> None:
    assert "环球大厦" not in [place.name for place in gulou.match("五四路159999号").places]


def test_guesses_are_few_and_fall_in_score(gulou: Gazetteer) -> None:
    scores = [place.score for place in gulou.match("东街").places]
    assert len(scores) <= 5 and scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    "text", ["五四路" * 4000, "ﷺ" * 10_000, "\u202e" * 10_000, "(" * 10_000, "1" * 10_000, "\0\ud800"]
)
def test_hostile_texts_are_quick(gulou: Gazetteer, text: str) -> None:
    began = perf_counter()
    gulou.match(text)
    assert perf_counter() - began < 0.2


def test_a_district_without_a_gazetteer_still_knows_its_townships() -> None:
    from tests.boundaries.sheets import a_district

    gazetteer = Gazetteer.of(a_district())
    assert gazetteer.match("township T1").places[0].accuracy_m > 1000
    assert gazetteer.match("nowhere").reason == "address-unknown"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("福建省福州市鼓楼区乌山路53号", "乌山路53号"),
        ("福州市五四路", "五四路"),
        ("鼓楼区东街", "东街"),
        ("Ａ座　１０１", "a座101"),
        ("鼓楼区政府大院", "鼓楼区政府大院"),
        ("福州市政府", "福州市政府"),
        ("福建省图书馆", "福建省图书馆"),
    ],
)
def test_spelling(text: str, said: str) -> None:
    assert plain(text, "鼓楼区") == said


def test_roads() -> None:
    assert roads_of("凤湖路与乌山西路交叉西南侧口") == ["凤湖路", "乌山西路"]
    assert roads_of("五四路138号") == ["五四路"]
    assert roads_of("仙塔街138号津泰商务公寓") == ["仙塔街"]
    assert roads_of("东街街道") == []
    assert is_road("西洪路") and not is_road("西洪路站")


def test_other_spellings_of_a_name() -> None:
    assert spellings("冠亚广场(大洋百货二店)") == ["冠亚广场", "大洋百货二店"]
    assert spellings("五凤社区服务中心站（待开通）") == ["五凤社区服务中心"]
    assert spellings("西洪路站") == ["西洪路站"]
