"""What holds for any text: no exception, spans inside the text, spaces do not matter, numbers read back."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.dialogue.meaning import Value, ValueKind
from assistant.understanding import Context, understand
from assistant.understanding.normalise import normalise
from assistant.understanding.numbers import scan
from assistant.understanding.rasa_shape import parse_response
from benchmarks.values.grading import Verdict, taken, verdict
from benchmarks.values.tables import Case, cases_of
from tests.understanding.conftest import shipped_lexicon, table

TODAY = date(2026, 3, 4)
KINDS = st.sampled_from([None, *ValueKind])
QUESTIONS = st.sampled_from(
    [
        "",
        "您最近血压是多少？",
        "低压呢？",
        "您有没有漏服药？",
        "请问是王秀英吗？",
        "您哪一天方便？",
        "最近有没有头晕？",
        "一天抽几支烟？",
    ]
)
WORDS = (
    "一百四 九十 高压 低压 140 90 七点八 不对 没有 头晕 不 我 老伴 胸口疼 出汗 昨天 今天 "
    "下午三点 初五 三次 一天 "
    "斤 公斤 半 几 多 来 左右 不到 ， 。 ？ 对 是 嗯 我妈 走了 五二年 包 两 两 点 "
    "号 月 年 周五 第 X 如果 电视里 没吃 药"
).split()
FRAGMENTS = st.lists(st.sampled_from(WORDS), max_size=10).map("".join)
ANY_TEXT = st.text(max_size=40) | FRAGMENTS
COMMON = settings(max_examples=100, deadline=None)


def _context(expects: ValueKind | None, question: str, reading_back: bool = False) -> Context:
    return Context(expects=expects, question=question, today=TODAY, reading_back=reading_back)


D = "零一二三四五六七八九"


def _digits(number: int) -> str:
    return "".join(D[int(one)] for one in str(number))


def _below_hundred(number: int) -> str:
    tens, ones = divmod(number, 10)
    if not tens:
        return D[ones]
    return ("" if tens == 1 else D[tens]) + "十" + (D[ones] if ones else "")


def _spoken(number: int) -> list[str]:
    """The ways in which a whole number to 1,000 is said."""
    ways = [str(number), "".join(chr(ord(one) + 0xFEE0) for one in str(number))]
    if number == 1000:
        return [*ways, "一千"]
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return [*ways, _below_hundred(number)]
    head = D[hundreds] + "百"
    tens, ones = divmod(rest, 10)
    if not rest:
        chinese = [head]
    elif not tens:
        chinese = [head + "零" + D[ones]]
    else:
        chinese = [head + D[tens] + "十" + (D[ones] if ones else "")]
        chinese += [head + D[tens]] if not ones else []
    chinese += [way.replace("二百", "两百") for way in chinese if way.startswith("二百")]
    return [*ways, *chinese, _digits(number), _digits(number).replace("一", "幺")]


@pytest.mark.parametrize("hundreds", range(11))
def test_every_number_to_a_thousand_reads_back(hundreds: int) -> None:
    for number in range(max(hundreds * 100, 1), min(hundreds * 100 + 100, 1001)):
        for way in _spoken(number):
            assert [one.exact for one in scan(normalise(way).text)] == [number], way


@pytest.mark.parametrize("point", ["点", ".", "．"])
def test_every_decimal_reads_back(point: str) -> None:
    for whole in range(100):
        for tenths in range(10):
            if point == "点":
                said = [_below_hundred(whole) + point + D[tenths], f"{whole}点{tenths}"]
            else:
                said = [f"{whole}{point}{tenths}"]
            for way in said:
                assert [one.exact for one in scan(normalise(way).text)] == [whole + tenths / 10], way


@pytest.mark.parametrize("said", ["一点六五", "十三点零五", "零点二五", "六十二点七五"])
def test_two_decimals_read_back(said: str) -> None:
    whole, _, decimals = said.partition("点")
    figures = "".join(str(D.index(one)) for one in decimals)
    before = [number for number in range(100) if _below_hundred(number) == whole]
    assert [one.exact for one in scan(said)] == [float(f"{before[0]}.{figures}")]


@given(systolic=st.integers(90, 240), diastolic=st.integers(50, 120), data=st.data())
@COMMON
def test_a_pressure_said_in_any_way_is_that_pressure_or_asked_about(
    systolic: int, diastolic: int, data: st.DataObject
) -> None:
    high, low = data.draw(st.sampled_from(_spoken(systolic))), data.draw(st.sampled_from(_spoken(diastolic)))
    shape = data.draw(
        st.sampled_from(
            ["高压{0}低压{1}", "低压{1}，高压{0}", "{0}，{1}", "血压{0}/{1}", "高压是{0}，低压是{1}"]
        )
    )
    text = shape.format(high, low)
    values = understand(text, _context(ValueKind.BLOOD_PRESSURE, "血压多少？"), shipped_lexicon()).values
    pressures = [value for value in values if value.kind is ValueKind.BLOOD_PRESSURE]
    assert len(pressures) == 1, text
    plain = systolic - diastolic >= 10
    assert pressures[0].needs_confirmation != plain, text
    if plain:
        assert pressures[0].value == {"systolic": systolic, "diastolic": diastolic}, text


def _halves(value: Value) -> tuple[float | None, float | None]:
    assert isinstance(value.value, dict)
    ends: list[float | None] = []
    for half, end in (("systolic", "from"), ("diastolic", "to")):
        worth = value.value[half]
        ends.append(worth[end] if isinstance(worth, dict) else worth)  # type: ignore[arg-type]
    return ends[0], ends[1]


@given(
    text=FRAGMENTS | st.text(alphabet="一二三四五六七八九十百零点高低压0123456789/， ", max_size=16),
    question=QUESTIONS,
)
@COMMON
def test_no_plain_pressure_has_its_low_above_its_high(text: str, question: str) -> None:
    for value in understand(text, _context(ValueKind.BLOOD_PRESSURE, question), shipped_lexicon()).values:
        if value.kind is ValueKind.BLOOD_PRESSURE and not value.needs_confirmation:
            systolic, diastolic = _halves(value)
            assert systolic is None or 60 <= systolic <= 280
            assert diastolic is None or 30 <= diastolic <= 180
            assert systolic is None or diastolic is None or diastolic < systolic


@given(text=ANY_TEXT, expects=KINDS, question=QUESTIONS, reading_back=st.booleans())
@settings(max_examples=200, deadline=None)
def test_any_text_is_understood_without_an_exception_and_spans_lie_in_it(
    text: str, expects: ValueKind | None, question: str, reading_back: bool
) -> None:
    meaning = understand(text, _context(expects, question, reading_back), shipped_lexicon())
    spans = [value.span for value in meaning.values] + [flag.span for flag in meaning.red_flags]
    spans += [(entity.start, entity.end) for entity in meaning.entities]
    for start, end in spans:
        assert 0 <= start <= end <= len(text)
    for value in meaning.values:
        assert value.span[0] < value.span[1]
        assert value.value is not None or value.needs_confirmation
    assert meaning.emergency == bool(meaning.red_flags)
    assert parse_response(meaning)["emergency"] is meaning.emergency


SPOKEN = [
    case["say"]
    for kind in ("blood_pressure", "glucose", "yes_no", "symptoms")
    for case in table(kind)["cases"]
]
CHINESE_ONLY = [
    text
    for text in SPOKEN
    if not any(one.isascii() or one.isdigit() for one in normalise(text).text.replace(",", ""))
]


@given(text=st.sampled_from(CHINESE_ONLY), expects=KINDS, data=st.data())
@COMMON
def test_spaces_between_chinese_characters_change_nothing(
    text: str, expects: ValueKind | None, data: st.DataObject
) -> None:
    gaps = data.draw(st.lists(st.sampled_from(["", " ", "  ", "　"]), min_size=len(text), max_size=len(text)))
    spaced = "".join(one + gap for one, gap in zip(text, gaps, strict=True))
    context = _context(expects, "")
    plain, wide = understand(text, context, shipped_lexicon()), understand(spaced, context, shipped_lexicon())
    assert plain.act == wide.act
    shapes = [
        (value.kind, value.value if value.kind is not ValueKind.FREE_TEXT else None) for value in plain.values
    ]
    assert shapes == [(v.kind, v.value if v.kind is not ValueKind.FREE_TEXT else None) for v in wide.values]


@given(text=st.sampled_from(SPOKEN), mark=st.sampled_from(["。", "！", "，", "…", " ", "."]))
@COMMON
def test_a_mark_at_the_end_changes_nothing(text: str, mark: str) -> None:
    context = _context(ValueKind.BLOOD_PRESSURE, "您最近血压是多少？")
    plain, marked = (
        understand(text, context, shipped_lexicon()),
        understand(text + mark, context, shipped_lexicon()),
    )
    assert plain.act == marked.act
    assert [v.value for v in plain.values] == [v.value for v in marked.values]


EVERY_CASE = [
    case
    for kind in ValueKind
    if kind is not ValueKind.FREE_TEXT
    for case in cases_of(kind)
    if not case.wanted.get("weak")
]
EDGES = st.sampled_from(
    [
        ("那个", ""),
        ("哎呀", ""),
        ("我跟你说啊", ""),
        ("我想想啊，", ""),
        ("", "谢谢啊"),
        ("", "，谢谢你"),
        ("", "你记一下"),
        ("我看看", "麻烦你了"),
    ]
)


@given(case=st.sampled_from(EVERY_CASE), edges=EDGES)
@settings(max_examples=300, deadline=None)
def test_what_stands_around_an_answer_files_nothing_wrong(case: Case, edges: tuple[str, str]) -> None:
    wrapped = replace(case, say=edges[0] + case.say + edges[1])
    values = taken(wrapped, shipped_lexicon())
    assert verdict(wrapped, values) is not Verdict.WRONG_FILED, (wrapped.say, case.wanted, values)


@given(case=st.sampled_from(EVERY_CASE), expects=KINDS, data=st.data())
@settings(max_examples=300, deadline=None)
def test_a_torn_or_misplaced_answer_raises_nothing_and_keeps_its_spans(
    case: Case, expects: ValueKind | None, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(case.say)))
    said = (
        case.say[:at]
        + data.draw(st.sampled_from(["", " ", "，", "嗯", "不对", "点", "百", "👍", "X"]))
        + case.say[at:]
    )
    said = said[data.draw(st.integers(0, at)) :]
    context = case.context.model_copy(update={"expects": expects})
    for value in understand(said, context, shipped_lexicon()).values:
        assert 0 <= value.span[0] < value.span[1] <= len(said)
        assert value.value is not None or value.needs_confirmation
