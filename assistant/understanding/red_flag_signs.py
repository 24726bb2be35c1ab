"""The danger signs of an utterance: told in it, measured, or agreed to in the answer to a question."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.dialogue.meaning import Value, ValueKind
from assistant.understanding.context import Context
from assistant.understanding.normalise import Normalised, normalise
from assistant.understanding.numbers import Number, scan
from assistant.understanding.polarity import affirmed
from assistant.understanding.red_flag_rules import CRITICAL_PRESSURE, HIGH_SUGAR, LOW_SUGAR, RedFlagRules
from assistant.understanding.red_flag_scope import Reason, reason_told
from assistant.understanding.scope import Scope
from assistant.understanding.sentence import Sentence
from assistant.understanding.subjects import PATIENT, mentions, subject_at
from assistant.understanding.terms import Found
from assistant.understanding.topics import Topic

CRITICAL_SYSTOLIC_MMHG, CRITICAL_DIASTOLIC_MMHG = 180, 110
LOW_SUGAR_MMOL_L, HIGH_SUGAR_MMOL_L = 3.9, 16.7

_SHORTEST_PAUSED = 2.6
"""Characters between spaces, on average, from which spaces are pauses and no word boundaries."""
_LISTED = re.compile(r"(?:、|和|或者?|以及|及|还有)$")
_AFTER_YES_OR_NO = re.compile(
    r"^(嗯+|是[的啊]?|对[的啊]?|有的?|(?:没有?|不是?|不能|不行)(?=.(?:怎么|还|一直|就|但|从|今|现在|刚)))\s(?=\S{2})"
)
"""An answer in one word and the pause behind it; 没有 头晕 is one phrase."""
_NUMERAL = "一二三四五六七八九十百千两零半点0123456789."
_MILD = re.compile(r"有一?点儿?|稍微|轻微|略微|微微|有些|一点点|偶尔|有时")
_MEASURED = re.compile(r"[量压测](?:了|着|出来?|起来|下来|完|的|个|是|有|一下|下|得|到)*$")
_OTHER_UNIT = re.compile(r"[斤块元米步克天个次度公千毫岁]")
_ASKED_AS_RULE = re.compile(
    r"如果|一旦|要是|万一|请(?:马上|立即|立刻|及时|拨打|打)|记住|明白|清楚了|知道了|记得"
)
_CRISIS_ASKED = re.compile(r"血压(?:这么|很|太|偏|非常|特别)高.{0,10}剧烈头[痛疼]")
"""A question for danger signs that follows a critical reading."""
_PRESSURE_NAMED = re.compile(r"^(?!.*(?:上次|以前|如果|超过|一旦)).*?(?:血压|高压|收缩压)")
_AGREES = re.compile(
    r"^\W*(?:[嗯啊哎唉呃]+\W*)?(?:[是对有]的?[呀啊呢]?|没错|可不|嗯+|正[疼喘]|就是|确实|(?:经常|有)?想过|还在?[疼痛闷喘流](?:着|呢)?)(?:是的?|对的?)*(?:\W|$)"
)
_HOW_MUCH = re.compile(r"多久|多长|多大|几|怎么样|什么样|哪")
_DETAILED = frozenset({ValueKind.DURATION, ValueKind.CHOICE, ValueKind.QUANTITY, ValueKind.FREE_TEXT})
"""Kinds asked for of a complaint that is taken for granted: 胸口疼了多久了?"""


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign told as a fact of one person.

    `mild` when it was called so; `asked` when it came from the question; `unowned` when nobody was named
    before it, so that it goes with whoever is named after (低血糖了, 我妈叫不应).
    """

    name: str
    start: int
    end: int
    subject: str
    scope: Scope
    mild: bool = False
    asked: bool = False
    unowned: bool = False


@dataclass(frozen=True, slots=True)
class SetAside:
    """A sign whose words are there and report no danger, and why; [start, end) in the normalised text."""

    sign: str
    reason: Reason
    start: int
    end: int


def with_pauses(sentence: Sentence) -> Sentence:
    """The sentence with its pauses as commas and with misheard words mended. Offsets in the given text stay.

    A recogniser that puts spaces between phrases marks pauses with them; one that puts them between words
    does not, and neither do the spaces of a number.
    """
    given = sentence.normalised.given
    parts = given.split()
    if len(parts) > 1 and sum(map(len, parts)) / len(parts) >= _SHORTEST_PAUSED:
        given = re.sub(r"(?<=\S)\s(?=\S)", lambda found: _pause(given, found.start()), given)
    normalised = normalise(_AFTER_YES_OR_NO.sub(r"\1;", given))
    mended = sentence.lexicon.red_flags.homophones.mend(normalised.text)
    return Sentence(
        Normalised(sentence.normalised.given, mended, normalised.origin),
        sentence.lexicon,
        sentence.speaker,
        sentence.patient_sex,
    )


def _pause(given: str, at: int) -> str:
    return " " if given[at - 1] in _NUMERAL and given[at + 1] in _NUMERAL else ","


def told(sentence: Sentence, rules: RedFlagRules) -> tuple[list[Sign], list[SetAside]]:
    """The signs that the words report, and those that they only name."""
    signs: list[Sign] = []
    aside: list[SetAside] = []
    found = rules.signs_in(sentence.text)
    verdicts = [
        (place, is_affirmed)
        for places in found.values()
        for place, is_affirmed in zip(places, affirmed(sentence.text, places), strict=True)
    ]
    denied_ends = _denied_ends(sentence.text, verdicts)
    for place, is_affirmed in verdicts:
        listed = _LISTED.sub("", sentence.text[: place.start])
        sign = _judged(sentence, place.term, place, is_affirmed and len(listed) not in denied_ends)
        if isinstance(sign, Sign):
            signs.append(sign)
        else:
            aside.append(sign)
    return signs, aside


def _denied_ends(text: str, verdicts: list[tuple[Found, bool]]) -> set[int]:
    """Where signs end that a negation before them denies, and those listed behind them: 没有头痛胸痛."""
    ends: set[int] = set()
    for place, is_affirmed in sorted(verdicts, key=lambda one: one[0].start):
        before = _LISTED.sub("", text[: place.start])
        if (not is_affirmed and before.endswith(("没有", "没", "无", "并没有"))) or len(before) in ends:
            ends.add(place.end)
    return ends


def _judged(sentence: Sentence, name: str, place: Found, is_affirmed: bool) -> Sign | SetAside:
    text = sentence.text
    scope = sentence.scope(place.start, place.end)
    subject = subject_at(text, place.start, sentence.speaker, sentence.patient_sex)
    unowned = subject == PATIENT and not any(
        m.start <= place.start for m in mentions(text, sentence.speaker, sentence.patient_sex)
    )
    reason = reason_told(
        text, place.start, place.end, affirmed=is_affirmed, scope=scope, subject=subject, owned=not unowned
    )
    if reason:
        return SetAside(name, reason, place.start, place.end)
    clause_start = max((text.rfind(mark, 0, place.start) for mark in ",。;!?"), default=-1) + 1
    near = text[max(clause_start, place.start - 6) : place.end]
    return Sign(name, place.start, place.end, subject, scope, mild=bool(_MILD.search(near)), unowned=unowned)


def measured(sentence: Sentence, context: Context) -> list[Sign]:
    """Critical pressures and sugars, the patient's or another's."""
    signs = []
    for number, topic in zip(sentence.numbers, sentence.topics, strict=True):
        asked = context.expects if topic is Topic.BARE else None
        worth, lowest = number.middle, number.low if number.low is not None else number.middle
        name = None
        pressure = (
            topic in (Topic.PRESSURE, Topic.SYSTOLIC, Topic.DIASTOLIC)
            or asked is ValueKind.BLOOD_PRESSURE
            or (topic is Topic.BARE and _reads_as_pressure(sentence, number))
        )
        if pressure and (
            (lowest >= CRITICAL_SYSTOLIC_MMHG and worth < 300)
            or _high_diastolic(sentence, number.core, topic, lowest)
        ):
            name = CRITICAL_PRESSURE
        elif (topic is Topic.GLUCOSE or asked is ValueKind.GLUCOSE) and lowest >= HIGH_SUGAR_MMOL_L:
            name = HIGH_SUGAR
        elif (topic is Topic.GLUCOSE or asked is ValueKind.GLUCOSE) and 0.5 < worth <= LOW_SUGAR_MMOL_L:
            name = LOW_SUGAR
        scope = sentence.scope(number.start, number.end)
        if name and not scope.supposed and not scope.fiction:
            subject = subject_at(sentence.text, number.core[0], sentence.speaker, sentence.patient_sex)
            signs.append(Sign(name, number.start, number.end, subject, scope))
    if not context.reading_back and _crisis_asked_of(normalise(context.question).text):
        signs.append(Sign(CRITICAL_PRESSURE, 0, 0, PATIENT, Scope(), asked=True, unowned=True))
    return signs


def _crisis_asked_of(question: str) -> bool:
    """Whether the question follows a critical pressure: it says so, or names it."""
    named = _PRESSURE_NAMED.search(question)
    return bool(_CRISIS_ASKED.search(question)) or (
        named is not None
        and any(
            CRITICAL_SYSTOLIC_MMHG <= number.middle < 300 and number.start >= named.start()
            for number in scan(question)
        )
    )


def _reads_as_pressure(sentence: Sentence, number: Number) -> bool:
    """A number that only a pressure can be: the first of a pair (一百九一百一), or measured (量了二百二)."""
    before, after = sentence.text[: number.start], sentence.text[number.end :]
    following = [n for n in sentence.numbers if 0 <= n.core[0] - number.end <= 2]
    if following and CRITICAL_DIASTOLIC_MMHG - 60 <= following[0].middle <= 160 < number.middle:
        return True
    return bool(_MEASURED.search(before)) and not _OTHER_UNIT.match(after)


def _high_diastolic(sentence: Sentence, core: tuple[int, int], topic: Topic, worth: float) -> bool:
    """低压一百一, or the second number of a pair."""
    if not CRITICAL_DIASTOLIC_MMHG <= worth <= 160:
        return False
    if topic is Topic.DIASTOLIC:
        return True
    before = [n for n in sentence.numbers if n.core[1] <= core[0] and core[0] - n.end <= 3]
    return bool(before) and before[-1].middle > worth


def from_question(
    sentence: Sentence, context: Context, values: Sequence[Value], rules: RedFlagRules
) -> list[Sign]:
    """The signs of the question that the answer agrees to or takes for granted, and its circumstances."""
    if not context.question or context.reading_back:
        return []
    question = normalise(context.question).text
    if _ASKED_AS_RULE.search(question):
        return []
    named = rules.signs_in(question)
    wanted = set(named) if _agrees(sentence, context, values, question) else set(named) & rules.circumstances
    return [
        Sign(name, place.start, place.end, PATIENT, Scope(), asked=True, unowned=True)
        for name, places in named.items()
        if name in wanted
        for place in places[:1]
    ]


def _agrees(sentence: Sentence, context: Context, values: Sequence[Value], question: str) -> bool:
    agreed = any(
        value.kind is ValueKind.YES_NO and value.value is True and not value.needs_confirmation
        for value in values
    ) or bool(_AGREES.search(sentence.normalised.given))
    taken_for_granted = context.expects in _DETAILED and _HOW_MUCH.search(context.question)
    if not agreed and not taken_for_granted:
        return False
    # Of a list the answer names its own: 有一点头疼 is not the whole list.
    return not (re.search(r"、|或", question) and sentence.lexicon.symptoms.find(sentence.text))
