"""Blood pressure in mmHg: either order, either half, several readings, kPa, and what must be asked again.

Rules: reference values.md, `blood_pressure`. Plausible limits are those beyond which a home monitor reads no
pressure in a living adult; outside them nothing is taken without asking.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pydantic import JsonValue

from assistant.dialogue.meaning import Value, ValueKind
from assistant.understanding.context import Context
from assistant.understanding.corrections import segments
from assistant.understanding.numbers import Number
from assistant.understanding.numerals import Style
from assistant.understanding.sentence import Sentence
from assistant.understanding.topics import PRESSURES, Topic
from assistant.understanding.values import single, vague
from assistant.understanding.values.aims import is_aim
from assistant.understanding.values.halves import across_pauses, in_mmhg, roles_of, split_at_gap, split_run

SYSTOLIC_MMHG = (70, 260)
DIASTOLIC_MMHG = (35, 160)
LEAST_PULSE_PRESSURE = 10

_KPA = re.compile(r"千帕|kpa")
_ASKS_DIASTOLIC = re.compile(r"低压|舒张压|下压")
_ASKS_SYSTOLIC = re.compile(r"高压(?!病)|收缩压|上压|血压")
_ARM = re.compile(r"(?P<left>左)|(?P<right>右)(?=[边手胳臂侧]|上臂|上肢|的|是|$|一|二|1|2)")
_MEASURED_AGAIN = re.compile(r"[量测]|在家|医院")
_SPREAD = re.compile(
    r"最高.*最低|最低.*最高|有时候?.*有时候?|有的时候.*有的时候|忽高忽低|高的时候.*低的时候|一会儿?高"
)
_AGO = (
    (re.compile(r"现在|这会儿|目前|最后一次|最近一次|刚才量|刚刚量|刚量"), 0),
    (re.compile(r"今[天早晚]"), 1),
    (re.compile(r"昨[天晚]"), 2),
    (re.compile(r"前天"), 3),
    (re.compile(r"大前天"), 4),
    (re.compile(r"上周|上个?星期|上个?礼拜|前几天|几天前"), 5),
    (re.compile(r"上个?月|以前|之前|原来|去年|过去|前阵子|住院|平时|平常|往常"), 9),
)
_GUESSED = re.compile(r"应该在")


@dataclass(frozen=True, slots=True)
class _Reading:
    """One reading: the halves said, where, and whether something about it is doubtful."""

    systolic: Number | None = None
    diastolic: Number | None = None
    start: int = 0
    end: int = 0
    doubtful: bool = False
    labelled: bool = False

    def with_half(self, role: str, number: Number, labelled: bool) -> "_Reading":
        first = not (self.systolic or self.diastolic)
        return replace(
            self,
            systolic=number if role == "systolic" else self.systolic,
            diastolic=number if role == "diastolic" else self.diastolic,
            start=number.start if first else min(self.start, number.start),
            end=number.end if first else max(self.end, number.end),
            labelled=labelled or self.labelled,
        )

    def has(self, role: str) -> bool:
        return getattr(self, role) is not None


def parse(sentence: Sentence, context: Context) -> list[Value]:
    """The patient's latest blood pressure in the utterance, or what must be confirmed of it."""
    numbers = _candidates(sentence, context)
    if not numbers:
        return vague.parse(sentence, context, ValueKind.BLOOD_PRESSURE)
    if _KPA.search(sentence.text):
        numbers = [in_mmhg(number) for number in numbers]
    if len(numbers) == 1 and (split := split_run(numbers[0]) or split_at_gap(sentence, numbers[0])):
        numbers = split
    numbers = across_pauses(sentence.text, numbers)
    readings: list[_Reading] = []
    for group in segments(
        sentence.text, [number.core[0] for number in numbers], [number.end for number in numbers]
    ):
        said = _readings(sentence, context, [numbers[index] for index in group])
        readings = [*readings[:-1], *_mended(readings[-1:], said, sentence)] if readings else said
    readings = [reading for reading in readings if reading.systolic or reading.diastolic]
    if not readings:
        return []
    chosen = _chosen(sentence, readings)
    if single.undecided(sentence.text, numbers) or _may_share_a_digit(sentence.text, numbers):
        chosen = replace(chosen, doubtful=True)
    return [_value(sentence, chosen)]


_LEAST_COMMON_DIASTOLIC = 60


def _may_share_a_digit(text: str, numbers: Sequence[Number]) -> bool:
    """一百四十五十: 140 and 50, or 145 and the beginning of something."""
    return any(
        one.end == other.start and text[one.end - 1] == "十" and other.middle < _LEAST_COMMON_DIASTOLIC
        for one, other in pairwise(numbers)
    )


def _candidates(sentence: Sentence, context: Context) -> list[Number]:
    asked = context.expects is ValueKind.BLOOD_PRESSURE
    wanted = (*PRESSURES, Topic.BARE) if asked or _volunteered(sentence, context) else tuple(PRESSURES)
    numbers = []
    for number in sentence.about(*wanted):
        scope = sentence.scope(number.start, number.end)
        aim = is_aim(sentence.text, number.core[0], number.end)
        if not scope.supposed and not scope.fiction and not aim:
            numbers.append(number)
    return numbers


_NO_NUMBER_ASKED = (
    None,
    ValueKind.YES_NO,
    ValueKind.SYMPTOMS,
    ValueKind.FREE_TEXT,
    ValueKind.MEDICATION_ADHERENCE,
)


def _volunteered(sentence: Sentence, context: Context) -> bool:
    """140/90 needs no word beside it; nor does 一百四九十 where no number was asked for."""
    if re.search(r"(?<!\d)\d{2,3}/\d{2,3}(?![\d/])", sentence.text):
        return True
    if context.expects not in _NO_NUMBER_ASKED:
        return False
    bare = sentence.about(Topic.BARE)
    return any(
        plausible(first, second) and first.middle >= 90 and second.start - first.end <= 1
        for first, second in pairwise(bare)
    )


def _readings(sentence: Sentence, context: Context, numbers: Sequence[Number]) -> list[_Reading]:
    roles = roles_of(sentence, numbers)
    if len(numbers) == 1 and roles[0] is None:
        return [_lone(context, numbers[0])]
    readings = [_Reading()]
    for number, role in zip(numbers, roles, strict=True):
        reading = readings[-1]
        labelled = role is not None
        if role is None:
            role = _complement(reading, number, len(numbers))
        begun = bool(reading.systolic or reading.diastolic)
        if role is None or reading.has(role) or (begun and _new_reading(sentence, reading, number, labelled)):
            readings.append(_Reading())
            role = role if labelled and role else "systolic"
        readings[-1] = readings[-1].with_half(role, number, labelled)
        if number.two_readings and number.style in (Style.RUN, Style.ARABIC, Style.GAPPED):
            readings[-1] = replace(readings[-1], doubtful=True)
    return readings


def _complement(reading: _Reading, number: Number, count: int) -> str | None:
    """The half that an unlabelled number gives to `reading`; None when it cannot belong to it."""
    if reading.systolic and not reading.diastolic:
        gap = reading.systolic.middle - number.middle
        natural = gap >= LEAST_PULSE_PRESSURE and number.middle <= DIASTOLIC_MMHG[1] - 30
        return "diastolic" if natural or count == 2 or reading.labelled else None
    if reading.diastolic and not reading.systolic:
        return "systolic"
    return None if reading.systolic else "systolic"


def _new_reading(sentence: Sentence, reading: _Reading, number: Number, labelled: bool) -> bool:
    """A word of another time or arm stands between: 昨天一百五, 今天一百四."""
    between = sentence.text[reading.end : number.core[0]]
    if not labelled and _MEASURED_AGAIN.search(between):
        return True
    return bool(_ARM.search(between)) or any(pattern.search(between) for pattern, _ in _AGO)


def _lone(context: Context, number: Number) -> _Reading:
    """One number without a word for its half: the question decides, else its size."""
    doubtful = number.two_readings
    diastolic_asked = bool(_ASKS_DIASTOLIC.search(context.question)) and not _ASKS_SYSTOLIC.search(
        context.question
    )
    systolic_asked = "高压" in context.question and not _ASKS_DIASTOLIC.search(context.question)
    if diastolic_asked:
        return _Reading(
            None, number, number.start, number.end, doubtful or number.middle > 130, labelled=True
        )
    if systolic_asked:
        return _Reading(number, None, number.start, number.end, doubtful or number.middle < 90, labelled=True)
    if context.reading_back and number.middle < 100:
        # A half put right in a read-back, which is read back again.
        return _Reading(None, number, number.start, number.end, doubtful, labelled=True)
    if number.middle >= 100:
        return _Reading(number, None, number.start, number.end, doubtful)
    return _Reading(None, number, number.start, number.end, doubtful=True)


def _mended(before: list[_Reading], said: list[_Reading], sentence: Sentence) -> list[_Reading]:
    """A reading corrected by what came after 不对: whole, or only the half that was named or fits."""
    if not before or len(said) != 1 or (said[0].systolic and said[0].diastolic):
        return said
    old, new = before[0], said[0]
    if new.labelled or not (old.systolic and old.diastolic):
        kept = replace(old, doubtful=False)
        if new.systolic and not new.labelled and old.diastolic and not old.systolic:
            return said
    else:
        kept = old
    return [
        replace(
            kept,
            systolic=new.systolic or kept.systolic,
            diastolic=new.diastolic or kept.diastolic,
            start=old.start,
            end=max(old.end, new.end),
            doubtful=new.doubtful and not old.has("diastolic"),
        )
    ]


def _chosen(sentence: Sentence, readings: list[_Reading]) -> _Reading:
    """The higher of two arms, the latest of several times; a stray half beside a whole one is left out."""
    if len(readings) == 1:
        return readings[0]
    arms = [_ARM.search(sentence.text, max(0, r.start - 8), r.start) for r in readings]
    if sum(arm is not None for arm in arms) >= 2:
        higher = max(readings, key=lambda r: r.systolic.middle if r.systolic else 0.0)
        return _with_shared_half(sentence, higher, readings)
    ages = [_ago(sentence.text, readings, index) for index in range(len(readings))]
    if len(set(ages)) == 1:
        whole = [reading for reading in readings if reading.systolic and reading.diastolic]
        if whole:
            return _with_stray(whole[-1], readings)
    latest = min(ages)
    chosen = [r for r, age in zip(readings, ages, strict=True) if age == latest][-1]
    undated_halves = len(set(ages)) == 1 and not chosen.labelled
    return replace(chosen, doubtful=True) if undated_halves else chosen


def _with_shared_half(sentence: Sentence, chosen: _Reading, readings: list[_Reading]) -> _Reading:
    """低压都是八十, said once for both arms."""
    halves = [reading.diastolic for reading in readings if reading.diastolic]
    if chosen.diastolic or len(halves) != 1 or not re.search(r"压[也全]?都", sentence.text):
        return chosen
    return chosen.with_half("diastolic", halves[0], labelled=True)


def _with_stray(chosen: _Reading, readings: list[_Reading]) -> _Reading:
    """Doubtful when a half said after it could be a newer reading (76 after 135, 85 is a heart rate)."""
    after = [reading for reading in readings if reading.start >= chosen.end]
    stray = any(r.labelled or (r.systolic is not None and r.systolic.middle >= 100) for r in after)
    return replace(chosen, doubtful=True) if stray else chosen


def _ago(text: str, readings: list[_Reading], index: int) -> int:
    start = readings[index - 1].end if index else 0
    before = text[start : readings[index].start]
    found = [rank for pattern, rank in _AGO if pattern.search(before)]
    return max(found) if found else 1


def _value(sentence: Sentence, reading: _Reading) -> Value:
    systolic, diastolic = reading.systolic, reading.diastolic
    doubtful = reading.doubtful or not plausible(systolic, diastolic)
    if _SPREAD.search(sentence.text):
        doubtful = True
    if _GUESSED.search(sentence.text[: reading.start]) or _long_ago(sentence, reading):
        doubtful = True
    halves: dict[str, JsonValue] = {
        "systolic": systolic.json() if systolic else None,
        "diastolic": diastolic.json() if diastolic else None,
    }
    approx = any(half is not None and half.approx for half in (systolic, diastolic))
    span = (reading.start, reading.end)
    if doubtful and systolic and diastolic and _swapped(systolic, diastolic):
        halves = {"systolic": diastolic.json(), "diastolic": systolic.json()}
    return sentence.value(ValueKind.BLOOD_PRESSURE, dict(halves), span, approx=approx, confirm=doubtful)


def _long_ago(sentence: Sentence, reading: _Reading) -> bool:
    scope = sentence.scope(reading.start, reading.end)
    return scope.past and not scope.recent


def _swapped(systolic: Number, diastolic: Number) -> bool:
    return systolic.middle < diastolic.middle and plausible(diastolic, systolic)


def _ends(number: Number) -> tuple[float, float]:
    low = number.low if number.low is not None else number.middle
    return low, number.high if number.high is not None else low


def plausible(systolic: Number | None, diastolic: Number | None) -> bool:
    """Whether the halves can be a blood pressure in mmHg: within limits, the low well below the high."""
    for number, (least, most) in ((systolic, SYSTOLIC_MMHG), (diastolic, DIASTOLIC_MMHG)):
        if number is None:
            continue
        low, high = _ends(number)
        if low < least or high > most or high - low > 40 or not float(low).is_integer():
            return False
    if systolic and diastolic:
        return _ends(systolic)[0] - _ends(diastolic)[1] >= LEAST_PULSE_PRESSURE
    return True
