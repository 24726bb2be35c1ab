"""Blood glucose in mmol/L with its kind. Rules: values.md, `glucose`."""

import re
from dataclasses import replace

from pydantic import JsonValue

from assistant.dialogue.meaning import Value, ValueKind
from assistant.understanding.context import Context
from assistant.understanding.normalise import normalise
from assistant.understanding.numbers import Number, tidy
from assistant.understanding.numerals import Style
from assistant.understanding.sentence import Sentence
from assistant.understanding.topics import Topic
from assistant.understanding.values import single, vague

LEAST_MMOL_L, MOST_MMOL_L = 1.0, 33.3
"""What a meter can show; outside it the number was another unit or misheard."""
LOW_MMOL_L = 1.1
"""Below this a meter shows LO."""
MG_DL_PER_MMOL_L = 18

_MG_DL = re.compile(r"毫克|mg")
_PER_DL = re.compile(r"分升|dl")
_KINDS = (
    (
        "fasting",
        re.compile(
            r"空腹|(?:早饭|早餐|[吃没]?饭|餐)(?:之)?前(?!天)|没吃(?:早)?饭|没吃东西|起床|[饿空]着?肚子|清早|清晨"
        ),
    ),
    ("postprandial", re.compile(r"餐后|饭后|吃[完过了]饭|(?:早|中|午|晚)[饭餐]后|吃完|饭吃完|餐两|饭两")),
    ("random", re.compile(r"随机|睡前|睡觉前|临睡|夜里|半夜|夜间|凌晨|随便(?:测|量)")),
)
_OFF_SCALE = re.compile(r"(?:^|[^a-z])hi(?![a-z])|嗨|爆表|超出(?:范围|量程)|测不出(?:来)?太高")
_BELOW_SCALE = re.compile(r"(?:^|[^a-z])lo(?![a-z])|测不出来?太低")
_HBA1C = re.compile(r"糖化")


def parse(sentence: Sentence, context: Context) -> list[Value]:
    """The patient's latest glucose, or what must be confirmed of it."""
    text = sentence.text
    asked = context.expects is ValueKind.GLUCOSE
    topics = (Topic.GLUCOSE, Topic.DOSE) if asked and _MG_DL.search(text) else (Topic.GLUCOSE,)
    numbers = single.numbers_for(sentence, context, ValueKind.GLUCOSE, *topics)
    if not numbers and (asked or "血糖" in text):
        numbers = _clock_like(sentence)
    if not numbers:
        return _without_number(sentence, context, asked)
    kinds: dict[str | None, list[Number]] = {}
    for number in (_as_a_meter_shows(sentence.text, one) for one in numbers):
        kinds.setdefault(_kind(sentence, context, number), []).append(number)
    wanted = _kind_asked(context)
    return [_value(sentence, kind, kinds[kind]) for kind in sorted(kinds, key=lambda kind: kind != wanted)]


def _value(sentence: Sentence, kind: str | None, numbers: list[Number]) -> Value:
    """The latest of the numbers of one kind."""
    text = sentence.text
    number = single.latest(sentence, numbers) or numbers[-1]
    if _MG_DL.search(text):
        number = number.times(1 / MG_DL_PER_MMOL_L, 1)
        doubtful = not _PER_DL.search(text)
    else:
        doubtful = _doubtful(text, number)
    doubtful = (
        doubtful or not single.within(number, LEAST_MMOL_L, MOST_MMOL_L) or single.in_doubt(sentence, numbers)
    )
    value: dict[str, JsonValue] = {"mmol_l": _worth(number, doubtful), "kind": kind}
    return sentence.value(
        ValueKind.GLUCOSE, value, (number.start, number.end), number.approx, confirm=doubtful
    )


_TENTHS = re.compile(r"[点.](?P<tenths>一二|二三|三四|四五|五六|六七|七八|八九)$")


def _as_a_meter_shows(text: str, number: Number) -> Number:
    """七点五六 is 7.5 to 7.6: a meter shows one decimal."""
    found = _TENTHS.search(text, *number.core)
    if found is None or number.style is not Style.DECIMAL or number.exact is None:
        return number
    low = int(number.exact * 10) / 10
    return replace(number, low=low, high=round(low + 0.1, 1), approx=True)


def _clock_like(sentence: Sentence) -> list[Number]:
    """六七点 and 八点 where glucose is spoken of are readings, not hours, when nothing else was said."""
    return [
        number
        for number in sentence.about(Topic.CLOCK)
        if re.match(r"点(?:左右|多|吧|[,。]|$)", sentence.text[number.core[1] :]) and number.middle >= 3
    ]


def _doubtful(text: str, number: Number) -> bool:
    """A whole number that may have lost its point (68) or come from another unit (130); 七个八."""
    if number.style is Style.COINED and "个" in text[number.core[0] : number.core[1]]:
        return True
    return number.style is Style.RUN or (number.exact is not None and number.exact > MOST_MMOL_L)


def _worth(number: Number, doubtful: bool) -> JsonValue:
    """The number, or for a doubtful one the reading it most likely stands for."""
    exact = number.exact
    if doubtful and exact is not None and exact.is_integer():
        if 34 <= exact <= 99:
            return tidy(exact / 10)
        if 100 <= exact <= 600:
            return tidy(round(exact / MG_DL_PER_MMOL_L, 1))
    return number.json()


def _kind(sentence: Sentence, context: Context, number: Number) -> str | None:
    """The kind that the words before (or just behind) the number give, else the question's."""
    around = sentence.text[: number.start] + sentence.text[number.end :]
    for words in (sentence.text[: number.start], around):
        found = [(match.start(), kind) for kind, pattern in _KINDS for match in pattern.finditer(words)]
        if found:
            return max(found)[1]
    return _kind_asked(context)


def _kind_asked(context: Context) -> str | None:
    """The one kind that the question names."""
    if context.expects is not ValueKind.GLUCOSE:
        return None
    question = normalise(context.question).text
    kinds = [kind for kind, pattern in _KINDS if pattern.search(question)]
    return kinds[0] if len(kinds) == 1 else None


def _off_scale(sentence: Sentence, context: Context, worth: JsonValue, span: tuple[int, int]) -> Value:
    """A meter's HI or LO."""
    value: dict[str, JsonValue] = {"mmol_l": worth, "kind": _kind_asked(context)}
    return sentence.value(ValueKind.GLUCOSE, value, span, confirm=True)


def _without_number(sentence: Sentence, context: Context, asked: bool) -> list[Value]:
    text = sentence.text
    if (off_scale := _OFF_SCALE.search(text)) and (asked or "血糖" in text):
        worth: JsonValue = {"from": MOST_MMOL_L, "to": None}
        return [_off_scale(sentence, context, worth, off_scale.span())]
    if (off_scale := _BELOW_SCALE.search(text)) and (asked or "血糖" in text):
        return [_off_scale(sentence, context, {"from": None, "to": LOW_MMOL_L}, off_scale.span())]
    if asked and (hba1c := _HBA1C.search(text)) and sentence.about(Topic.HBA1C):
        return [sentence.value(ValueKind.GLUCOSE, None, (hba1c.start(), len(text)), confirm=True)]
    return vague.parse(sentence, context, ValueKind.GLUCOSE)
