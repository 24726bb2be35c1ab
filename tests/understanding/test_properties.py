"""What holds for any text: no exception, spans inside the text, spaces do not matter, numbers read back."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.dialogue.meaning import Value, ValueKind
from assistant.understanding import Context, understand
from assistant.understanding.normalise import normalise
from assistant.understanding.numbers import scan
from assistant.understanding.rasa_shape import parse_response
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


def _digits(number: int) -> str:
    return "".join("零一二三四五六七八九"[int(one)] for one in str(number))


def _spoken(number: int) -> list[str]:
    """The ways in which a whole number from 10 to 299 is said."""
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    d = "零一二三四五六七八九"
    ways = [str(number), "".join(chr(ord(one) + 0xFEE0) for one in str(number))]
    if hundreds:
        head = d[hundreds] + "百"
        if tens:
            ways.append(head + d[tens] + "十" + (d[ones] if ones else ""))
            ways += [head + d[tens]] if not ones else []
        elif ones:
            ways.append(head + "零" + d[ones])
        else:
            ways.append(head)
        ways.append(_digits(number))
        ways += [way.replace("二百", "两百") for way in ways if way.startswith("二百")]
    else:
        ways.append(("" if tens == 1 else d[tens]) + "十" + (d[ones] if ones else ""))
    return ways


@given(number=st.integers(10, 299), data=st.data())
@COMMON
def test_a_number_said_in_any_way_reads_back(number: int, data: st.DataObject) -> None:
    way = data.draw(st.sampled_from(_spoken(number)))
    found = scan(normalise(way).text)
    assert [one.exact for one in found] == [number], way


@given(whole=st.integers(0, 33), tenths=st.integers(1, 9), point=st.sampled_from(["点", ".", "．"]))
@COMMON
def test_a_decimal_reads_back(whole: int, tenths: int, point: str) -> None:
    d = "零一二三四五六七八九"
    said = str(whole) if point != "点" else (_spoken(whole)[-1] if whole >= 10 else d[whole])
    text = said + point + (d[tenths] if point == "点" else str(tenths))
    assert [one.exact for one in scan(normalise(text).text)] == [whole + tenths / 10]


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
