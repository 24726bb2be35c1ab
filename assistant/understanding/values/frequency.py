"""How often: {times, per} with per day or week."""

import re

from pydantic import JsonValue

from assistant.dialogue.meaning import Value, ValueKind
from assistant.understanding.context import Context
from assistant.understanding.negation import unmasked
from assistant.understanding.normalise import normalise
from assistant.understanding.numbers import Number
from assistant.understanding.sentence import Sentence
from assistant.understanding.topics import Topic
from assistant.understanding.values import single

_PER_WEEK = re.compile(r"(?:每|一)个?(?:周|星期|礼拜)")
_PER_HALF_MONTH = re.compile(r"(?:每|一)?半个?月")
_WEEKS_IN_HALF_MONTH = 2.15
_PER_MONTH = re.compile(r"(?:每|一)个?月")
_PER_DAY = re.compile(r"(?:每|一)[天日]|天天|每[早晚]|日日")
_EVERY_DAY = re.compile(r"(?:几乎|差不多|基本上?)?(?:天天|每天|每日|日日)")
_ALMOST = re.compile(r"几乎|差不多|基本|大概|大约")
_EVERY_OTHER = re.compile(r"隔[一1]?[天日]")
_ONCE_IN = re.compile(
    r"(?P<fewer>[一二两三四五])?(?P<days>[两二三四五六2-6])[天日](?:才)?[^,。;一二两三四五六]{0,2}(?:一|1)?(?:次|回|趟|片|顿)"
)
_TIMES_EACH = r"[^,。;早中晚]{0,2}一(?:次|回|趟|片|粒|遍|圈)"
_MORNING_EVENING = re.compile(
    rf"早(?:上|晨)?(?:{_TIMES_EACH})?[和、,]?(?P<noon>中(?:午)?(?:{_TIMES_EACH})?)?[和、,]?"
    r"晚(?:上)?[^,。;早中晚]{0,2}?(?:各|都|一|分别|两)"
)
_WEEKDAYS = re.compile(
    r"(?<![一1每]个)(?<![一1])每?(?:周|星期|礼拜)(?P<days>[一二三四五六日](?:[、,和]?[一二三四五六日]){1,6}+)"
    r"(?![个次回趟遍顿天百十])"
)
_FEW = re.compile(r"每(?:周|星期|礼拜)(?P<pair>一二|二三|两三|三四|四五|五六)$")
"""每周三四: three or four times, or Wednesday and Thursday."""
_FEW_A_WEEK = re.compile(
    r"(?:[一1]个?|每个)(?:周|星期|礼拜)(?:也就|大概|差不多)?(?P<from>[一二两三四五])(?P<to>[二两三四五六])(?=$|[,。吧])"
)
"""一个星期三四: without a word for times."""
_DEEDS = re.compile(
    r"走走?路?(?!不)|散散?步|遛弯|遛遛|溜达|太极|广场舞|跳舞|打拳|骑车|游泳|跑步|干活|做操|锻炼|运动|活动活动|爬山|打球"
)
_ASKS_DEEDS = re.compile(r"运动|锻炼")
_NEVER = re.compile(
    r"从来?不|不(?:运动|锻炼|动(?!弹)|走(?!动)|吃|喝|做|去)|没(?:有)?(?:运动|锻炼|动过|时间运动|怎么)?(?=$"
    r"|[,。!啊呢的])|没有|没时间|不(?=$|[,。])|没(?:运动"
    r"|锻炼)|零次|0次"
)
_VAGUE = re.compile(
    r"偶尔|隔三差五|三天两头|周末|走不动|动不了|有时候?|经常|常常|时不时|不怎么|很少|看情况|不一定|不固定|说不准|难得|少(?=$|[,。])"
)
_NOT_ONE = re.compile(r"一(?:次|回|趟|天)[都也]?(?:没有?|不)(?!少|落|漏|断|缺|歇|停)")
_NOW = re.compile(r"现在|如今|最近|后来")
_RESTS = re.compile(r"(?:[歇休停缺漏空落]|(?<![至最])少)(?:了|息|掉|上)?$")
_MOST = {"day": 24, "week": 50}
_BY_SEASON = re.compile(r"(?:[冬夏春秋]天|天[冷热]).*(?:[冬夏春秋]天|天[冷热])")
_WEEK = r"(?:周|星期|礼拜)"
_FROM_TO = re.compile(
    rf"{_WEEK}(?P<first>[一二三四五六])[到至]{_WEEK}?(?P<last>[二三四五六日天])(?![次回趟个]|天(?!天))"
)
_ON_CONDITION = re.compile(r"[^,。;]就$")
"""下雨就不去 is no never."""
_ASKS_DAY = re.compile(r"[一每]天|每日")
_NOW_AND_THEN = re.compile(r"有一[顿次天回]没一[顿次天回]|三天打鱼")
"""Counts nothing, although it names a number."""


def parse(sentence: Sentence, context: Context) -> list[Value]:
    """How often, when that was asked for."""
    if context.expects is not ValueKind.FREQUENCY:
        return []
    text = sentence.text
    if now_and_then := _NOW_AND_THEN.search(text) or _BY_SEASON.search(text):
        return [sentence.value(ValueKind.FREQUENCY, None, now_and_then.span(), confirm=True)]
    for told in (_by_weekdays, _morning_and_evening, _every_so_many_days, _counted, _every_day):
        if value := told(sentence, context):
            return [value]
    if vague := _VAGUE.search(text):
        return [sentence.value(ValueKind.FREQUENCY, None, vague.span(), confirm=True)]
    never = _NEVER.search(unmasked(text))
    if never and sentence.mine(never.start()):
        if _ON_CONDITION.search(text[: never.start()]):
            return [sentence.value(ValueKind.FREQUENCY, None, never.span(), confirm=True)]
        per = "day" if _ASKS_DAY.search(context.question) else "week"
        return [_value(sentence, 0, per, never.span())]
    return _deeds_alone(sentence, context)


def _deeds_alone(sentence: Sentence, context: Context) -> list[Value]:
    """走走路 to the question for exercise: what is done, and not how often."""
    deed = _DEEDS.search(sentence.text) if _ASKS_DEEDS.search(context.question) else None
    if deed is None or sentence.numbers or not sentence.mine(deed.start()):
        return []
    scope = sentence.scope(*deed.span())
    if not scope.real or scope.asks:
        return []
    return [sentence.value(ValueKind.FREQUENCY, None, deed.span(), confirm=True)]


def _value(
    sentence: Sentence,
    times: JsonValue,
    per: str,
    span: tuple[int, int],
    approx: bool = False,
    confirm: bool = False,
) -> Value:
    return sentence.value(
        ValueKind.FREQUENCY, {"times": times, "per": per}, span, approx=approx, confirm=confirm
    )


def _by_weekdays(sentence: Sentence, context: Context) -> Value | None:
    if (found := _FROM_TO.search(sentence.text)) and sentence.mine(found.start()):
        first, last = (min("一二三四五六日天".index(found[end]), 6) for end in ("first", "last"))
        return _value(sentence, (last - first) % 7 + 1, "week", found.span())
    if few := _FEW_A_WEEK.search(sentence.text):
        least, most = ("零一二三四五六".index(few[end].replace("两", "二")) for end in ("from", "to"))
        if most == least + 1:
            return _value(sentence, {"from": least, "to": most}, "week", few.span(), approx=True)
    found = _WEEKDAYS.search(sentence.text)
    if not found:
        return None
    days = {day for day in found["days"] if day in "一二三四五六日"}
    doubtful = bool(_FEW.match(found.group()))
    return _value(sentence, len(days), "week", found.span(), confirm=doubtful)


def _morning_and_evening(sentence: Sentence, context: Context) -> Value | None:
    found = _MORNING_EVENING.search(sentence.text)
    if not found:
        return None
    return _value(sentence, 3 if found["noon"] else 2, "day", found.span())


def _every_so_many_days(sentence: Sentence, context: Context) -> Value | None:
    if found := _EVERY_OTHER.search(sentence.text):
        return _value(sentence, 3.5, "week", found.span(), approx=True)
    if found := _ONCE_IN.search(sentence.text):
        days = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6}.get(found["days"]) or int(found["days"])
        times: JsonValue = round(7 / days, 1)
        if found["fewer"]:
            times = {"from": times, "to": round(7 / (days - 1), 1)}
        return _value(sentence, times, "week", found.span(), approx=True)
    return None


def _counted(sentence: Sentence, context: Context) -> Value | None:
    text = sentence.text
    wanted = [Topic.FREQUENCY, Topic.DURATION, Topic.DOSE]
    numbers = single.numbers_for(sentence, context, ValueKind.FREQUENCY, *wanted)
    counted = [number for number in numbers if _counts(text, number)]
    if not counted:
        return None
    if stopped := _stopped(sentence, counted):
        return _value(sentence, 0, "day" if _ASKS_DAY.search(context.question) else "week", stopped)
    number = single.latest(sentence, counted) or counted[-1]
    before = text[: number.start]
    asked_day = bool(_ASKS_DAY.search(normalise(context.question).text))
    months = bool(_PER_MONTH.search(before))
    if _PER_HALF_MONTH.search(before):
        times = number.times(1 / _WEEKS_IN_HALF_MONTH, 1)
        return _value(sentence, times.json(), "week", (number.start, number.end), approx=True)
    if months:
        times = number.times(1 / 4.3, 1)
        return _value(sentence, times.json(), "week", (number.start, number.end), approx=True)
    if _PER_WEEK.search(before):
        per = "week"
    elif _PER_DAY.search(before):
        per = "day"
    else:
        per = "day" if asked_day else "week"
    approx = number.approx or bool(_ALMOST.search(before))
    dose = bool(re.match(r"[片粒颗丸]", text[number.core[1] :]))
    doubtful = dose or not single.within(number, 0, _MOST[per]) or single.undecided(text, counted)
    return _value(sentence, number.json(), per, (number.start, number.end), approx, confirm=doubtful)


def _stopped(sentence: Sentence, counted: list[Number]) -> tuple[int, int] | None:
    """一次都没有, and 原来一周五次现在不动了: nothing now."""
    text = sentence.text
    if none := _NOT_ONE.search(text):
        return none.span()
    now = _NOW.search(text, counted[-1].end)
    never = _NEVER.search(unmasked(text), now.end()) if now else None
    return never.span() if never and single.EARLIER.search(text[: counted[-1].start]) else None


def _counts(text: str, number: Number) -> bool:
    """三次, 五天 of 一周五天, a bare 三; not the 一 of 一周, nor minutes."""
    behind = text[number.core[1] :]
    if _RESTS.search(text[: number.core[0]]):
        return False
    if re.match(r"(?:多|来)?(?:次|回|趟|遍|顿|餐)", behind):
        each = number.exact == 1 and re.match(
            r"(?:次|回|趟)[^,。]{0,2}?[一二三四五六七八九十半两几0-9]+个?(?:多)?(?:分|小时|钟头|刻)", behind
        )
        return not each and not re.search(r"每$", text[: number.core[0]])
    if re.match(r"天", behind):
        return bool(_PER_WEEK.search(text[: number.start]))
    if re.match(r"[片粒颗丸]", behind):
        return bool(_PER_DAY.search(text[: number.start]))
    return not re.match(r"个|周|星期|礼拜|月|日|分|小时|刻|公里|步|年|点", behind)


def _every_day(sentence: Sentence, context: Context) -> Value | None:
    found = next((one for one in _EVERY_DAY.finditer(sentence.text) if sentence.mine(one.start())), None)
    if not found:
        return None
    if single.EARLIER.search(text := sentence.text, 0, found.end()) and _NOW.search(text, found.end()):
        return None
    return _value(sentence, 1, "day", found.span(), approx=bool(_ALMOST.search(found.group())))
