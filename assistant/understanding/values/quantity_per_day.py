"""Per day: cigarettes in 支, drink in 两 of spirits, staple food in g. Rules: values.md, `quantity_per_day`.

A bottle or can of a drink is taken as its usual size and marked approximate; glasses and bowls are not
guessed.
"""

import re
from dataclasses import dataclass, replace

from assistant.dialogue.meaning import Value, ValueKind
from assistant.understanding.context import Context
from assistant.understanding.normalise import normalise
from assistant.understanding.numbers import Number, scan
from assistant.understanding.numerals import Style
from assistant.understanding.sentence import Sentence
from assistant.understanding.values import single

TOBACCO, DRINK, FOOD = "支", "两", "g"
MOST = {TOBACCO: 100.0, DRINK: 40.0, FOOD: 1500.0}

_CUES = (
    (
        TOBACCO,
        re.compile(
            r"烟|抽(?!血|筋|搐)|吸(?!气)|戒(?=烟)"
            r"|(?<=[0-9一二两三四五六七八九十来几多])[根支](?!胰)"
        ),
    ),
    (DRINK, re.compile(r"酒|喝(?!水|茶|粥|奶|汤)|饮")),
    (FOOD, re.compile(r"主食|米饭|粮|馒头|吃(?:多少)?饭")),
)
_CIGARETTES = {"支": 1.0, "根": 1.0, "颗": 1.0, "包": 20.0, "盒": 20.0, "条": 200.0}
_GRAMS = {"两": 50.0, "斤": 500.0, "克": 1.0, "g": 1.0, "公斤": 1000.0}
_LIANG = {"两": 1.0, "斤": 10.0, "钱": 0.1, "毫升": 0.02, "ml": 0.02, "公斤": 20.0}
_BOTTLES = {
    "beer": {"瓶": 10.0, "罐": 6.6, "听": 6.6},
    "red": {"瓶": 15.0},
    "yellow": {"瓶": 10.0},
    "spirits": {"瓶": 10.0},
}
_DILUTION = {"beer": 10.0, "red": 4.0, "yellow": 5.0, "spirits": 1.0}
_DRINKS = (
    ("beer", re.compile(r"啤")),
    ("red", re.compile(r"红酒|葡萄酒|干红|干白")),
    ("yellow", re.compile(r"黄酒|米酒|料酒|花雕|女儿红|老酒")),
    ("spirits", re.compile(r"白酒|烧酒|二锅头|高粱|茅台|药酒|白的|高度|低度")),
)
_UNIT = re.compile(
    r"(?:多|来|几)?[小大]?(?P<unit>公斤|毫升|支|根|颗|包|盒|条|两|斤|钱|瓶|罐|听|杯|盅|碗|口|克|ml|g|个(?=馒头|饼"
    r"|包子)|馒头)(?P<half>半)?"
)
_FITTING = {
    TOBACCO: frozenset(_CIGARETTES),
    DRINK: frozenset(_LIANG) | {"瓶", "罐", "听", "杯", "盅", "碗", "口"},
    FOOD: frozenset(_GRAMS) | {"碗", "个", "馒头"},
}
_NOT_MEASURED = frozenset({"杯", "盅", "碗", "口", "个", "馒头"})
_TIME_OF_DAY = re.compile(r"早|[上中下]午|白天|[饭餐]后|晚|夜|睡前")
_LASTS = re.compile(
    r"[烟酒]?(?:能|够|可以|要)?(?:抽|喝|吃)(?P<days>[一两二三四五六七八九十半1-9]+)个?(?P<unit>天|星期|礼拜|周)"
)
_CANNOT_FINISH = re.compile(r"(?:抽|喝|吃)不(?:了|完|到)(?:大概)?$")
_EACH_TIME = re.compile(r"早(?:上)?(?P<noon>中(?:午)?)?晚(?:上)?各$")
_EVERY_DAYS = re.compile(
    r"(?P<days>[两二三四五六七1-9])[天日](?:才|能|抽|喝|吃)?(?=[一半两二三四五六七八九十0-9])"
)
_PER_WEEK = re.compile(r"(?:一|每)个?(?:周|星期|礼拜)")
_PER_MONTH = re.compile(r"(?:一|每)个?月")
_TIMES = re.compile(r"(?P<times>[一两二三四五六七八九1-9])(?:次|回|顿|餐|趟)")
_EACH = re.compile(r"[每一](?:次|回|顿|餐)")
_NONE = re.compile(
    r"不(?:怎么)?(?:抽|吸|喝|沾|会抽|会喝|会吸|抽烟|喝酒|碰)|(?<!不想)(?<!不肯)(?<!不愿)(?<!愿意)(?<!不打算)(?<!没想)(?<!没打算)(?:(?<![让叫劝])(?<![让叫劝]我)戒|戒了)|滴酒不沾|从来?不|没(?:有)?(?:抽|喝|吸)"
    r"|没有(?=$|[,。!啊的])|没(?=$|[,。])|不(?=$"
    r"|[,。!])|一[根支口滴点]都?不|不[会好]这?个?$"
)
_HARDLY = re.compile(r"不怎么")
_SOME = re.compile(
    r"抽|吸|喝|[不没](?:想|肯|愿意?|打算)戒|偶尔|有时|一点|不多|少|看情况|逢年过节|应酬|[小大半]杯|一[盅口]|有(?=$|[,。的])|酒$"
)
_NOW_AND_THEN = re.compile(r"偶尔|有时候?|逢年|过节|过年|应酬|难得")
_HOW_OFTEN = re.compile(r"[每一两二三四五六七][天日]|天天|每[顿餐]|一[顿餐]|[一每]个?(?:周|星期|礼拜|月)")
_AT_TIMES = re.compile(r"(?<!那)(?<!小)的时候|一[喝打忙聊]起来")
"""打麻将的时候抽一包, 平时不抽."""
_PLAIN_NONE = {
    TOBACCO: re.compile(
        r"(?:不|没|没有|从来不|从不)(?:抽|吸)烟|烟(?:和|跟)?酒(?:从来|都|全|也)*(?:不[沾碰]|不来|没有)|戒了?烟|不沾烟"
        r"|烟(?:也|都|早就?|已经|倒是?)*(?:不[抽吸沾碰]|戒)|不[抽吸](?=也?不喝)|(?<=不喝)也?不抽(?![血筋搐])"
        r"|(?<=酒)也?不[抽吸](?![血筋搐])"
    ),
    DRINK: re.compile(
        r"(?:不|没|没有|从来不|从不)(?:喝|饮)酒|烟(?:和|跟)?酒(?:从来|都|全|也)*(?:不[沾碰]|不来|没有)|戒了?酒|不沾酒"
        r"|滴酒不沾|酒(?:也|都|早就?|已经|倒是?)*(?:不[喝沾碰]|戒)|不喝(?=也?不[抽吸])"
        r"|(?<=不[抽吸])也?不喝(?![水茶粥奶汤药])|(?<=烟)也?不喝(?![水茶粥奶汤药])"
    ),
}
"""Saying plainly what is not taken, so that one breath may answer both questions."""
_WENT_BACK = re.compile(r"没戒|戒不|不戒|戒了又")


@dataclass(frozen=True, slots=True)
class _Amount:
    """What was said, in the unit of its kind, per day."""

    number: Number
    end: int
    approx: bool
    measured: bool


def parse(sentence: Sentence, context: Context) -> list[Value]:
    """How much a day of each thing spoken of, when asked for or plainly said of tobacco or drink."""
    asked = context.expects is ValueKind.QUANTITY_PER_DAY
    units = _units_spoken_of(sentence, context, asked)
    values = []
    for unit in units:
        values += _of_one(sentence, context, unit, asked, alone=len(units) == 1)
    return [*values, *_besides(sentence, units)]


def _besides(sentence: Sentence, units: list[str]) -> list[Value]:
    """What is plainly not taken, of the kinds not spoken of otherwise."""
    values = []
    for unit in _PLAIN_NONE:
        none = _plain_none(sentence, unit) if unit not in units else None
        if none and sentence.scope(*none).real and not sentence.scope(*none).asks:
            values.append(sentence.value(ValueKind.QUANTITY_PER_DAY, {"value": 0, "unit": unit}, none))
    return values


def _plain_none(sentence: Sentence, unit: str) -> tuple[int, int] | None:
    if unit not in _PLAIN_NONE or _WENT_BACK.search(sentence.text):
        return None
    found = [one for one in _PLAIN_NONE[unit].finditer(sentence.text) if sentence.mine(one.start())]
    return found[-1].span() if found else None


def _of_one(sentence: Sentence, context: Context, unit: str, asked: bool, *, alone: bool) -> list[Value]:
    """How much of one kind; `alone` when nothing else is spoken of, so that a bare 不 can only mean it."""
    amounts = _amounts(sentence, context, unit, asked)
    none = None
    if asked:
        none = _none(sentence, unit) if alone else _plain_none(sentence, unit)
    if none:
        # 一口都不喝 counts no mouthful.
        amounts = [one for one in amounts if one.end <= none[0] or none[1] <= one.number.start]
    current = single.latest(sentence, [amount.number for amount in amounts])
    if none and current and _AT_TIMES.search(sentence.text):
        return [sentence.value(ValueKind.QUANTITY_PER_DAY, None, (current.start, current.end), confirm=True)]
    if none and (current is None or none[0] >= current.end or _is_past(sentence, current)):
        return [sentence.value(ValueKind.QUANTITY_PER_DAY, {"value": 0, "unit": unit}, none)]
    if current is None:
        return _unmeasured(sentence) if asked else []
    amount = next(one for one in amounts if one.number is current)
    span = (current.start, amount.end)
    if not amount.measured:
        return [sentence.value(ValueKind.QUANTITY_PER_DAY, None, span, confirm=True)]
    if len(amounts) > 1 and (total := _by_times_of_day(sentence, amounts)):
        current = total
        span = (amounts[0].number.start, amount.end)
    elif single.in_doubt(sentence, [one.number for one in amounts]):
        return [sentence.value(ValueKind.QUANTITY_PER_DAY, None, span, confirm=True)]
    doubtful = not single.within(current, 0, MOST[unit])
    value = {"value": current.json(), "unit": unit}
    return [sentence.value(ValueKind.QUANTITY_PER_DAY, value, span, amount.approx, confirm=doubtful)]


def _by_times_of_day(sentence: Sentence, amounts: list[_Amount]) -> Number | None:
    """中午二两晚上二两: the sum, when each stands behind a time of day of its own."""
    previous = 0
    for amount in amounts:
        if not _TIME_OF_DAY.search(sentence.text[previous : amount.number.start]):
            return None
        previous = amount.end
    exact = [amount.number.exact for amount in amounts if amount.measured]
    if len(exact) != len(amounts) or None in exact:
        return None
    whole = sum(one for one in exact if one is not None)
    return replace(amounts[-1].number, start=amounts[0].number.start, low=whole, high=whole)


def _units_spoken_of(sentence: Sentence, context: Context, asked: bool) -> list[str]:
    """What the words speak of, else what the question does; unasked only where an amount stands beside it."""
    text = sentence.text
    named = [unit for unit, cue in _CUES if cue.search(text) and (asked or _PLAINLY[unit].search(text))]
    if named or not asked:
        return named
    question = normalise(context.question).text
    return [unit for unit, cue in _CUES if cue.search(question)][:1]


_PLAINLY = {
    TOBACCO: re.compile(r"[抽吸].{0,6}[根支包]|[根支包].{0,2}烟|烟.{0,6}[根支包]"),
    DRINK: re.compile(r"[喝饮].{0,8}[两斤瓶罐]|酒.{0,4}[两斤瓶罐]|[两斤瓶罐].{0,3}酒"),
    FOOD: re.compile(r"主食.{0,6}[两斤克]|[两斤克](?:米饭|主食|粮)"),
}


def _amounts(sentence: Sentence, context: Context, unit: str, asked: bool) -> list[_Amount]:
    text = sentence.text
    drink = _drink(text) or _drink(normalise(context.question).text)
    numbers = [
        number
        for number in sentence.numbers
        if sentence.mine(number.core[0]) and not sentence.scope(number.start, number.end).supposed
    ]
    amounts = []
    for number in single.after_repairs(sentence, numbers):
        found = _UNIT.match(text, number.core[1]) or _UNIT.match(text, number.end)
        if found is None:
            bare = (
                asked
                and unit == TOBACCO
                and len(numbers) == 1
                and not re.match(r"[天日周月年个次岁点]", text[number.core[1] :])
            )
            if bare:
                amounts.append(_Amount(number, number.end, number.approx, measured=True))
            continue
        if found["unit"] in _FITTING[unit]:
            amounts.append(_measured(text, unit, drink, number, found))
    return amounts


def _drink(words: str) -> str | None:
    return next((name for name, pattern in _DRINKS if pattern.search(words)), None)


def _measured(text: str, unit: str, drink: str | None, number: Number, found: re.Match[str]) -> _Amount:
    said = found["unit"]
    end = max(found.end(), number.end)
    vague_half = number.style is Style.HALF and text[number.core[0] - 1 : number.core[0]] in ("大", "小")
    if vague_half or said in _NOT_MEASURED or (_NOW_AND_THEN.search(text) and not _HOW_OFTEN.search(text)):
        return _Amount(number, end, number.approx, measured=False)
    approx = number.approx
    if unit == TOBACCO:
        factor = _CIGARETTES.get(said)
    elif unit == FOOD:
        factor = _GRAMS.get(said)
    else:
        # A bottle of nobody knows what is no amount: beer and spirits differ tenfold.
        bottles = _BOTTLES[drink] if drink else {}
        drink = drink or "spirits"
        factor = _LIANG.get(said)
        if factor is None and said in bottles:
            factor, approx = bottles[said], True
        factor = factor / _DILUTION[drink] if factor else None
    if factor is None:
        return _Amount(number, end, number.approx, measured=False)
    half = 0.5 if found["half"] and number.exact is not None else 0.0
    rate = _rate(text, number)
    worth = number if not half else _plus(number, half)
    if _CANNOT_FINISH.search(text[: number.start]):
        worth, approx = replace(worth, low=None), True
    per_day = worth.times(factor * rate, 1)
    exact = per_day.exact is not None and abs(per_day.exact - (worth.exact or 0) * factor * rate) < 1e-9
    return _Amount(per_day, end, approx or (rate != 1 and not exact), measured=True)


def _plus(number: Number, more: float) -> Number:
    worth = (number.exact or 0.0) + more
    return replace(number, low=worth, high=worth)


def _rate(text: str, number: Number) -> float:
    """What turns the amount into one per day: 两天一包 is a half, 一周两次每次二两 two sevenths."""
    clause_start = max(text.rfind(mark, 0, number.start) for mark in "。;") + 1
    before = text[clause_start : number.start]
    rate = 1.0
    every = _EVERY_DAYS.search(text[clause_start : number.core[1]])
    if every and every.end() <= number.core[0] - clause_start + 1:
        days = every["days"]
        rate /= {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7}.get(days) or int(days)
    elif _PER_WEEK.search(before):
        rate /= 7
    elif _PER_MONTH.search(before):
        rate /= 30
    if lasts := _LASTS.match(text, number.core[1] + 1):
        days = 0.5 if lasts["days"] == "半" else scan(lasts["days"])[0].middle
        rate /= days * (1 if lasts["unit"] == "天" else 7)
    if each := _EACH_TIME.search(text[: number.start]):
        rate *= 3 if each["noon"] else 2
    times = [found for found in _TIMES.finditer(text) if not re.search(r"[每]$", text[: found.start()])]
    times = [
        found
        for found in times
        if not (
            found["times"] == "一" and re.match(r"[一]?[半一两二三四五六七八九十0-9]", text[found.end() :])
        )
    ]
    if times and _EACH.search(text):
        many = times[-1]["times"]
        rate *= {
            "一": 1,
            "两": 2,
            "二": 2,
            "三": 3,
            "四": 4,
            "五": 5,
            "六": 6,
            "七": 7,
            "八": 8,
            "九": 9,
        }.get(many) or int(many)
    return rate


def _is_past(sentence: Sentence, number: Number) -> bool:
    return sentence.scope(number.start, number.end).past


def _none(sentence: Sentence, unit: str) -> tuple[int, int] | None:
    found = [one for one in _NONE.finditer(sentence.text) if sentence.mine(one.start())]
    found = [one for one in found if not _HARDLY.match(sentence.text, one.start())]
    if not found or _WENT_BACK.search(sentence.text):
        return None
    return found[-1].span()


def _unmeasured(sentence: Sentence) -> list[Value]:
    found = _SOME.search(sentence.text)
    if found is None or not sentence.mine(found.start()):
        return []
    return [sentence.value(ValueKind.QUANTITY_PER_DAY, None, found.span(), confirm=True)]
