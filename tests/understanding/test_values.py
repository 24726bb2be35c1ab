"""Every kind of value by its tables in `cases/`: what is said, and what is taken from it."""

from typing import Any

import pytest

from assistant.dialogue.meaning import Value, ValueKind
from assistant.dialogue.waits import Option
from assistant.understanding import Context, Lexicon, understand
from assistant.understanding.values import PARSERS
from benchmarks.values.grading import Verdict, taken, verdict
from benchmarks.values.tables import Case, cases_of
from tests.understanding.conftest import TODAY, shipped_lexicon

LEAST_CASES = 60
LEAST_SHARE = 0.97

ALL = [case for kind in ValueKind for case in cases_of(kind)]
READ_RIGHTLY = [pytest.param(case, id=case.name) for case in ALL if not case.wanted.get("weak")]


@pytest.mark.parametrize("case", READ_RIGHTLY)
def test_value(case: Case, lexicon: Lexicon) -> None:
    values = taken(case, lexicon)
    assert verdict(case, values) is Verdict.RIGHT, (case.wanted, values)


@pytest.mark.parametrize("kind", list(ValueKind))
def test_every_kind_is_read_rightly_and_nothing_wrong_is_filed(kind: ValueKind) -> None:
    assert kind in PARSERS
    verdicts = [verdict(case, taken(case, shipped_lexicon())) for case in cases_of(kind)]
    assert len(verdicts) >= LEAST_CASES
    assert verdicts.count(Verdict.WRONG_FILED) == 0
    assert verdicts.count(Verdict.RIGHT) >= LEAST_SHARE * len(verdicts)


def _of(kind: ValueKind, say: str, context: Context, lexicon: Lexicon) -> list[Value]:
    return [value for value in understand(say, context, lexicon).values if value.kind is kind]


def test_two_readings_of_two_kinds_are_two_values(lexicon: Lexicon) -> None:
    context = Context(expects=ValueKind.GLUCOSE, question="餐后血糖多少？", today=TODAY)
    values = understand("空腹六点八，餐后九点五", context, lexicon).values
    assert [value.value for value in values] == [
        {"mmol_l": 9.5, "kind": "postprandial"},
        {"mmol_l": 6.8, "kind": "fasting"},
    ]


def test_several_facts_in_one_breath_are_several_values(lexicon: Lexicon) -> None:
    said = "血压一百四九十心跳七十二头不晕药都按时吃了"
    context = Context(expects=ValueKind.BLOOD_PRESSURE, question="您最近一次量的血压是多少？", today=TODAY)
    values = {value.kind: value.value for value in understand(said, context, lexicon).values}
    assert values == {
        ValueKind.BLOOD_PRESSURE: {"systolic": 140, "diastolic": 90},
        ValueKind.HEART_RATE: {"bpm": 72},
        ValueKind.SYMPTOMS: {"present": [], "absent": ["头晕"], "unsure": []},
        ValueKind.MEDICATION_ADHERENCE: "规律",
    }


def test_tobacco_and_drink_in_one_sentence_are_told_apart(lexicon: Lexicon) -> None:
    context = Context(expects=ValueKind.QUANTITY_PER_DAY, question="您抽烟喝酒吗？", today=TODAY)
    values = understand("一天抽半包烟喝二两白酒", context, lexicon).values
    assert [value.value for value in values] == [{"value": 10, "unit": "支"}, {"value": 2, "unit": "两"}]


@pytest.mark.parametrize(
    ("say", "wanted"),
    [
        ("不抽烟也不喝酒", [{"value": 0, "unit": "支"}, {"value": 0, "unit": "两"}]),
        ("一天十根不喝酒", [{"value": 10, "unit": "支"}, {"value": 0, "unit": "两"}]),
        ("抽烟不喝酒", [None, {"value": 0, "unit": "两"}]),
    ],
)
def test_tobacco_and_drink_side_by_side(say: str, wanted: list[Any], lexicon: Lexicon) -> None:
    context = Context(expects=ValueKind.QUANTITY_PER_DAY, question="您抽烟吗？一天抽几支？", today=TODAY)
    values = _of(ValueKind.QUANTITY_PER_DAY, say, context, lexicon)
    assert [value.value for value in values] == wanted


@pytest.mark.parametrize(
    ("channel", "question", "doubtful"),
    [
        ("voice", "您平时口味怎么样，是淡、中等，还是咸？", True),
        ("voice", "口味淡请按1，中等请按2，咸请按3。", False),
        ("text", "您平时口味怎么样，是淡、中等，还是咸？", False),
    ],
)
def test_a_misheard_syllable_picks_no_option(
    channel: str, question: str, doubtful: bool, lexicon: Lexicon
) -> None:
    options = (Option(value="轻", label="淡", key="1"), Option(value="重", label="咸", key="2"))
    context = Context(
        expects=ValueKind.CHOICE,
        question=question,
        options=options,
        today=TODAY,
        channel=channel,
    )
    (value,) = understand("二", context, lexicon).values
    assert (value.value, value.needs_confirmation) == ("重", doubtful)


@pytest.mark.parametrize(
    ("say", "kind"),
    [
        ("血糖七点三头不晕药吃了", ValueKind.MEDICATION_ADHERENCE),
        ("吃药吃得胃不舒服", ValueKind.MEDICATION_ADHERENCE),
        ("不吃药的时候头晕吃了药就不晕", ValueKind.MEDICATION_ADHERENCE),
        ("前两天有点头晕，现在好了", ValueKind.DURATION),
        ("头晕不是一天两天了", ValueKind.DURATION),
        ("今天一百三十九八十八正常吧", ValueKind.DATE),
    ],
)
@pytest.mark.parametrize("expects", [ValueKind.SYMPTOMS, ValueKind.BLOOD_PRESSURE, ValueKind.FREE_TEXT])
def test_words_about_one_thing_give_no_value_of_another(
    say: str, kind: ValueKind, expects: ValueKind, lexicon: Lexicon
) -> None:
    context = Context(expects=expects, question="", today=TODAY)
    assert _of(kind, say, context, lexicon) == []
