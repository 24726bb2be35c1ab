"""Kinds that are one number: which of those said is meant, after repairs, other people and earlier times."""

import re
from collections.abc import Sequence
from itertools import pairwise

from assistant.dialogue.meaning import ValueKind
from assistant.understanding.context import Context
from assistant.understanding.corrections import contradicting, segments
from assistant.understanding.numbers import Number
from assistant.understanding.sentence import Sentence
from assistant.understanding.topics import Topic
from assistant.understanding.values.aims import is_aim

LATEST = re.compile(r"刚才|刚刚|现在|这会儿|目前|最后一次|最近一次|今[天早晚年]|这[次回]")
EARLIER = re.compile(
    r"昨[天晚]|前天|大前天|上周|上个?星期|上个?礼拜|上个?月|以前|之前|原来|去年|过去|前阵子|前几天|原先|从前|上[次回]|年轻(?:时|的时候|那会儿?)?"
)


def numbers_for(sentence: Sentence, context: Context, kind: ValueKind, *topics: Topic) -> list[Number]:
    """The patient's numbers of `topics`, and the bare ones when `kind` was asked for; none supposed."""
    wanted = (*topics, Topic.BARE) if context.expects is kind else topics
    numbers = []
    for number in sentence.about(*wanted):
        scope = sentence.scope(number.start, number.end)
        if not (scope.supposed or scope.fiction or is_aim(sentence.text, number.core[0], number.end)):
            numbers.append(number)
    return after_repairs(sentence, _from_the_named_on(sentence, numbers))


def _from_the_named_on(sentence: Sentence, numbers: list[Number]) -> list[Number]:
    """Without the bare numbers before one named for the kind: 一百三八十心率七十五."""
    named = [sentence.topic_of_span(number.core) is not Topic.BARE for number in numbers]
    return numbers[named.index(True) :] if True in named else numbers


def after_repairs(sentence: Sentence, numbers: Sequence[Number]) -> list[Number]:
    """Those of `numbers` that stand after the last mended slip and are not denied by 不是."""
    groups = segments(sentence.text, [number.core[0] for number in numbers], [n.end for n in numbers])
    return [numbers[index] for index in groups[-1]] if groups else []


def latest(sentence: Sentence, numbers: Sequence[Number]) -> Number | None:
    """The one that holds now: what a present time names, else the last that no earlier time names."""
    now: Number | None = None
    undated: Number | None = None
    earlier: Number | None = None
    previous_end = 0
    for number in numbers:
        before = sentence.text[previous_end : number.start]
        previous_end = number.end
        if LATEST.search(before):
            now = number
        elif EARLIER.search(before):
            earlier = earlier or number
        elif now is None or not earlier:
            undated = number
            now = None if now is None else number
    return now or undated or earlier


def held_now(text: str, starts: Sequence[int]) -> list[int]:
    """Indices of the items at `starts` that hold now, where words set a former time against a present one.

    昨天厉害今天轻了 leaves the second; without such a contrast all stay.
    """
    former: list[int] = []
    present: list[int] = []
    previous = 0
    for index, start in enumerate(starts):
        before = text[previous:start]
        previous = start
        if LATEST.search(before):
            present.append(index)
        elif EARLIER.search(before):
            former.append(index)
        elif former or present:
            (present if present else former).append(index)
    return present if former and present else list(range(len(starts)))


def bounds(number: Number) -> tuple[float, float]:
    """The least and most that `number` may be; an open end stands at the known one."""
    known = number.middle
    return number.low if number.low is not None else known, number.high if number.high is not None else known


def within(number: Number, least: float, most: float) -> bool:
    """Whether the whole of `number` lies in [least, most]."""
    low, high = bounds(number)
    return least <= low and high <= most


_ORDERED = re.compile(
    r"早[上晨]|上午|中午|下午|晚上|夜里|睡前|[饭餐药]后|[饭餐药]前|空腹|第[一二三四五]|后来|又|再|然后|这次|现在"
    r"|今|昨|前天|以前|之前|上|歇|休息|一会儿?|[降升瘦减胖涨]到"
)


def in_doubt(sentence: Sentence, numbers: Sequence[Number]) -> bool:
    """Several different numbers of one kind with no word that orders them: 七十、八十吧."""
    if len({(number.low, number.high) for number in numbers}) < 2:
        return False
    between = sentence.text[numbers[-2].end : numbers[-1].start]
    return undecided(sentence.text, numbers) or not _ORDERED.search(between)


_EITHER = re.compile(r"(?<!不)还是(?![这那老])|或者?|要么")


_SPREAD = re.compile(
    r"有的?时候?.*有的?时候?|最[高快重多].*最[低慢轻少]|最[低慢轻少].*最[高快重多]|忽[高快]忽"
)


def undecided(text: str, numbers: Sequence[Number]) -> bool:
    """Whether the speaker wavers between two numbers: 七十还是八十, 七十六不是六十七."""
    if _SPREAD.search(text):
        return True
    return any(
        _EITHER.search(text[one.end : other.start]) or contradicting(text, one.end, other.start)
        for one, other in pairwise(numbers)
    )
