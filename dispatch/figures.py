"""The figures (指标) of a period, as data: what each is called, the sentence that says what is counted over what, and
the parts that the counted things fall into. How they are counted stands in store/sql/figures.sql.

Every counted thing is in exactly one part of a figure. ``yes`` is the numerator, ``yes`` and ``no`` the denominator;
all other parts are shown beside the figure and are in neither.
"""

from dataclasses import dataclass

YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Figure:
    """``of`` is what is counted: ``item``, ``summons`` or ``call`` (one unit called once). Without ``no`` it is a plain
    count and no rate. ``watch`` is the part that a leader looks into first."""

    key: str
    of: str
    name: Words
    sentence: Words
    yes: Words
    no: Words | None = None
    watch: str = NO

    @property
    def is_rate(self) -> bool:
        return self.no is not None

    def part_words(self, part: str) -> Words:
        """What that part of the figure is called."""
        if part == YES:
            return self.yes
        return self.no if part == NO and self.no is not None else PARTS[part]


PARTS = {
    "pending": Words("尚未判定", "not judged yet"),
    "suspended": Words("挂账", "suspended"),
    "declined": Words("不予受理", "declined"),
    "transferred": Words("转出", "transferred"),
    "clockless": Words("无单独时限(直接答复、并案)", "no clock of its own (answered at once, merged)"),
    "unrated": Words("结案未评价", "closed unrated"),
    "cancelled": Words("呼叫已取消", "summons called off"),
    "excused": Words("已请假", "excused"),
    "substituted": Words("已换人", "substituted"),
}
"""The parts beside a figure: shown, and in neither numerator nor denominator."""

MARKS = {
    "was_suspended": Words("其中曾挂账、时限已顺延", "of these once suspended, their clocks put off"),
    "reopened": Words("其中重办过、按最近一轮时限", "of these opened again and judged by their newest clocks"),
    "follow_up": Words("其中电话回访评价", "of these rated on the telephone"),
}
"""What is told of the things inside a rate."""

_APART = Words(
    "挂账、不予受理、转出的不计入分子分母,另列。",
    "Suspended, declined and transferred items are in neither and shown apart.",
)
_WAITING = Words(
    "时限未到且未完成的不计入,列为尚未判定。",
    "A clock that still runs and is not due is in neither: not judged yet.",
)


def _clock(key: str, name: Words, done: Words, late: Words) -> Figure:
    zh = f"期内受理、该环节已判定(已完成或时限已过)的事项中,{done.zh}的比例。{_WAITING.zh}{_APART.zh}"
    en = (
        "Of the items received in the period whose stage is judged (it is done, or its deadline has passed), those "
        f"{done.en}. {_WAITING.en} {_APART.en}"
    )
    return Figure(key, "item", name, Words(zh, en), Words("按时", "in time"), late)


ITEM_FIGURES = (
    Figure(
        "received", "item", Words("受理量", "Received"),
        Words("期内受理的事项件数(按受理时间);并案的每件各计一件。",
              "Items received in the period (by the time of receipt); each merged item counts as its own."),
        Words("受理", "received"), watch=YES,
    ),
    Figure(
        "settled", "item", Words("办结率", "Settled"),
        Words(f"期内受理的事项中,已办结(含已核查、已答复、已结案、直接答复)的比例;并案的看其并入的事项。{_APART.zh}",
              "Of the items received in the period, those whose work is done (settled, verified, answered, closed, or "
              f"answered at once); a merged item goes by the one it was merged into. {_APART.en}"),
        Words("已办结", "settled"), Words("未办结", "not settled"),
    ),
    _clock(
        "timely_dispatch", Words("及时批转率", "Timely dispatch"),
        Words("在批转时限内批转", "dispatched by the dispatch deadline"),
        Words("批转超时", "dispatched late, or overdue"),
    ),
    _clock(
        "timely_handling", Words("按时办结率", "Timely handling"),
        Words("在办结时限内办结", "settled by the settlement deadline"),
        Words("办结超时", "settled late, or overdue"),
    ),
    _clock(
        "on_time_answer", Words("按时反馈率", "On-time answer"),
        Words("在答复时限内答复来件人", "answered by the answer deadline"),
        Words("反馈超时", "answered late, or overdue"),
    ),
    Figure(
        "satisfaction", "item", Words("满意率", "Satisfaction"),
        Words("期内受理、已评价的事项中,最近一次评价为 3 至 5 级(基本满意及以上)的比例;未评价结案的不算满意,另列。"
              f"{_APART.zh}",
              "Of the items received in the period that were rated, those whose last rating is level 3, 4 or 5; closed "
              f"unrated is never satisfied and shown apart. {_APART.en}"),
        Words("满意", "satisfied"), Words("不满意", "dissatisfied"),
    ),
    Figure(
        "rated", "item", Words("评价率", "Rated share"),
        Words(f"期内受理、已评价或已结案的事项中,有评价(含电话回访)的比例。{_APART.zh}",
              "Of the items received in the period that were rated or are closed, those with a rating (the citizen's "
              f"own, or told on the telephone). {_APART.en}"),
        Words("已评价", "rated"), Words("未评价结案", "closed unrated"),
    ),
)  # fmt: skip
"""Figures of the items received in the period."""

_JUDGED = Words(
    "期内发起、已判定(到场、迟到、缺席)的呼叫中,",
    "Of the calls of summonses opened in the period that are judged (present, late, absent), ",
)
_CALLS = Words(
    "一个单位被呼叫一次计一次。请假、换人、已取消的不计入,另列。",
    "One unit called once is one call. Excused, substituted and called-off calls are in neither and shown apart.",
)


def _came(key: str, name: Words, zh: str, en: str, yes: Words, no: Words, watch: str) -> Figure:
    sentence = Words(f"{_JUDGED.zh}{zh}的比例。{_CALLS.zh}", f"{_JUDGED.en}{en}. {_CALLS.en}")
    return Figure(key, "call", name, sentence, yes, no, watch)


CALL_FIGURES = (
    Figure(
        "summonses", "summons", Words("呼叫数", "Summonses"),
        Words("期内发起的呼叫次数(按发起时间),已取消的另列。",
              "Summonses opened in the period; those called off are shown apart."),
        Words("呼叫", "summonses"), watch=YES,
    ),
    Figure(
        "called", "call", Words("呼叫单位次", "Units called"),
        Words("期内发起的呼叫中,被呼叫的单位次数:一个单位被呼叫一次计一次;已取消的另列。",
              "Calls to units by the summonses opened in the period: one unit called once is one call; those called "
              "off are shown apart."),
        Words("单位次", "calls"), watch=YES,
    ),
    Figure(
        "acknowledged_in_time", "call", Words("按时应答率", "Acknowledged in time"),
        Words(f"期内发起、应答已判定(已应答、应答时限已过或呼叫已结束)的呼叫中,在应答时限内应答的比例。{_CALLS.zh}",
              "Of the calls of summonses opened in the period whose acknowledgement is judged (it came, its time is "
              f"over, or the summons is), those acknowledged within the limit. {_CALLS.en}"),
        Words("按时应答", "in time"), Words("未按时应答", "late, or not at all"),
    ),
    _came("present", Words("按时到场率", "Present"), "按时到场", "those that came by the meeting time",
          Words("按时到场", "present"), Words("迟到或缺席", "late or absent"), NO),
    _came("late", Words("迟到率", "Late"), "迟到", "those that came after the meeting time", Words("迟到", "late"),
          Words("按时到场或缺席", "present or absent"), YES),
    _came("absent", Words("缺席率", "Absent"), "呼叫结束时仍未到场",
          "those that had not come when the summons was concluded",
          Words("缺席", "absent"), Words("到场", "came"), YES),
    Figure(
        "excused", "call", Words("请假", "Excused"),
        Words("期内发起的呼叫中,已请假的单位次数;已取消的不计。",
              "Calls of summonses opened in the period whose unit was excused; those called off are not counted."),
        Words("已请假", "excused"), watch=YES,
    ),
    Figure(
        "substituted", "call", Words("换人", "Substituted"),
        Words("期内发起的呼叫中,由其他单位代为到场的单位次数;已取消的不计。",
              "Calls of summonses opened in the period in whose place another unit was called; those called off are "
              "not counted."),
        Words("已换人", "substituted"), watch=YES,
    ),
)  # fmt: skip
"""Figures of the summonses opened in the period."""

FIGURES = {figure.key: figure for figure in (*ITEM_FIGURES, *CALL_FIGURES)}
