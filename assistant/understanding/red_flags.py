"""Danger signs in an utterance, for the patient or a real person with the speaker now.

The words of a sign are not enough: denied, past, supposed, feared, told of a film or asked in general they
are no emergency. Rules: `nlu/red_flags.yml`; table of values.md, `emergency`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.dialogue.meaning import RedFlag, Value, ValueKind
from assistant.understanding.context import Context
from assistant.understanding.normalise import normalise
from assistant.understanding.polarity import affirmed
from assistant.understanding.red_flag_rules import (
    CRITICAL_PRESSURE,
    HIGH_SUGAR,
    LOW_SUGAR,
    RedFlagRules,
    Rule,
)
from assistant.understanding.scope import Scope, sentence_at
from assistant.understanding.sentence import Sentence
from assistant.understanding.subjects import OTHER, PATIENT, mentions, subject_at
from assistant.understanding.terms import Found
from assistant.understanding.topics import Topic

CRITICAL_SYSTOLIC_MMHG, CRITICAL_DIASTOLIC_MMHG = 180, 110
LOW_SUGAR_MMOL_L, HIGH_SUGAR_MMOL_L = 3.9, 16.7

_MILD = re.compile(r"有一?点儿?|稍微|轻微|略微|微微|有些|一点点|偶尔|有时")
_FIGURATIVE = re.compile(
    r"(?:气|笑|热|冷|累|烦|吓|急|饿|渴|困|忙|高兴|羡慕|无聊|恨|吵|丑|美|爱|想|疼|痛)死(?:我|你|他|她|人|了"
    r"|个)|(?:事儿?|孩子|孙子|钱|问题|工作|房子|物价"
    r"|他们?|她们?)(?:真|太|都|就|老|可)?(?:让|叫|令|使)(?:我|人)|似的|像要昏|比方"
)
_EARLIER_THAN_A_DAY = re.compile(
    r"前天|大前天|前几天|前两天|前些天|[三四五六七八九十几]天前|上周|上个?星期|上个?礼拜|上个?月|去年|前年"
    r"|年前|以前|那次|那年|小时候|年轻"
)
_EARLIER_THAN_THREE_DAYS = re.compile(
    r"前几天|前些天|[四五六七八九十几]天前|上周|上个?星期|上个?礼拜|上个?月|去年|前年|年前|以前|那次|那年"
    r"|小时候|年轻|周前|月前"
)
_STILL = re.compile(r"到现在|一直|现在还|还是|还在|没好|不见好|至今|今天又|现在又")
_CHRONIC = re.compile(r"(?:[一二三四五六七八九十两几好多半0-9]+)(?:多|来)?(?:年|个?月|周|个?星期|个?礼拜)了")
_ELSEWHERE = re.compile(
    r"住院|抢救|重症|icu|送(?:到|去|进)?(?:了)?医院|医院里|脑梗走|去世|走了|后来就?走|救过来"
)
_DISTANT = re.compile(r"邻居|隔壁|同事|朋友|亲戚|同学|老乡|楼上|别人|人家|网友")
_WITH_SPEAKER = re.compile(
    r"现在|刚才|刚刚|突然|忽然|正|旁边|面前|身边|一下子|怎么办|快来|快点|说她?他?[想不]|吃了|喝了|了$|不了"
)
_ASKED_AS_RULE = re.compile(
    r"如果|一旦|要是|万一|请(?:马上|立即|立刻|及时|拨打|打)|记住|明白|清楚了|知道了|记得"
)
_CRISIS_ASKED = re.compile(r"血压(?:这么|很|太|偏|非常|特别)高.{0,10}剧烈头[痛疼]")
"""A question for danger signs that follows a critical reading."""
_INTERROGATIVE_LIST_KINDS = frozenset(
    {ValueKind.DURATION, ValueKind.CHOICE, ValueKind.QUANTITY, ValueKind.FREE_TEXT}
)


@dataclass(frozen=True, slots=True)
class _Sign:
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


def find(sentence: Sentence, context: Context, values: Sequence[Value]) -> tuple[RedFlag, ...]:
    """Every danger that a rule finds in the utterance, each once per person."""
    rules = sentence.lexicon.red_flags
    signs = _told(sentence, rules)
    signs += _measured(sentence, context, values)
    signs += _agreed_to(sentence, context, values, rules)
    if not signs:
        return ()
    flags = {}
    for rule in rules.rules:
        for subject in dict.fromkeys(sign.subject for sign in signs):
            theirs = [sign for sign in signs if sign.subject == subject or sign.unowned]
            fired = _fires(sentence, rule, theirs)
            if fired and subject != PATIENT and all(sign.subject != subject for sign in fired):
                continue
            if fired and (rule.rule, subject) not in flags:
                flags[(rule.rule, subject)] = _flag(sentence, rule, subject, fired)
    return tuple(flags.values())


def _flag(sentence: Sentence, rule: Rule, subject: str, fired: list[_Sign]) -> RedFlag:
    said = [sign for sign in fired if not sign.asked]
    start = min((sign.start for sign in said), default=0)
    end = max((sign.end for sign in said), default=len(sentence.text))
    return RedFlag(
        rule=rule.rule,
        subject=subject,
        text=sentence.normalised.given_words(start, end),
        span=sentence.normalised.given_span(start, end),
    )


def _told(sentence: Sentence, rules: RedFlagRules) -> list[_Sign]:
    text = sentence.text
    signs = []
    for name, places in rules.signs_in(text).items():
        for place, is_affirmed in zip(places, affirmed(text, places), strict=True):
            sign = _judged(sentence, name, place, is_affirmed)
            if sign:
                signs.append(sign)
    return signs


def _judged(sentence: Sentence, name: str, place: Found, is_affirmed: bool) -> _Sign | None:
    """The sign, when its words tell a fact; None when denied, supposed, asked about or figurative."""
    text = sentence.text
    scope = sentence.scope(place.start, place.end)
    start, end = sentence_at(text, place.start)
    around = text[start:end]
    if not is_affirmed or scope.supposed or scope.fiction or _is_figurative(text, place):
        return None
    subject = subject_at(text, place.start, sentence.speaker, sentence.patient_sex)
    if scope.asks and not _really_happens(around, subject):
        return None
    if subject != PATIENT and _ELSEWHERE.search(around):
        return None
    if subject == OTHER and _DISTANT.search(around) and not _WITH_SPEAKER.search(around):
        return None
    clause = text[max(start, place.start - 6) : place.end]
    unowned = subject == PATIENT and not any(
        m.start <= place.start for m in mentions(text, sentence.speaker, sentence.patient_sex)
    )
    return _Sign(
        name, place.start, place.end, subject, scope, mild=bool(_MILD.search(clause)), unowned=unowned
    )


def _is_figurative(text: str, place: Found) -> bool:
    return any(
        found.start() <= place.start + 1 and place.start - found.end() <= 3
        for found in _FIGURATIVE.finditer(text)
    )


def _really_happens(around: str, subject: str) -> bool:
    """Whether a question is about what goes on: 我妈胸口疼怎么办, not 心梗会胸口疼吗."""
    if re.search(
        r"会(?:不会)?.{0,8}吗|是不是|有什么症状|什么症状|怎么(?:预防|急救)|是什么|算不算|会怎么样|什么是",
        around,
    ):
        return bool(re.search(r"我(?!怕|担心|想问).{0,3}现在|突然|刚才|刚刚", around))
    return subject != PATIENT or bool(re.search(r"我|现在|突然|刚|了[,。?]?|得|怎么办|咋办", around))


def _measured(sentence: Sentence, context: Context, values: Sequence[Value]) -> list[_Sign]:
    """Critical pressures and sugars, the patient's or another's."""
    signs = []
    for number, topic in zip(sentence.numbers, sentence.topics, strict=True):
        asked = context.expects if topic is Topic.BARE else None
        worth, lowest = number.middle, number.low if number.low is not None else number.middle
        name = None
        pressure = (
            topic in (Topic.PRESSURE, Topic.SYSTOLIC, Topic.DIASTOLIC) or asked is ValueKind.BLOOD_PRESSURE
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
            signs.append(_Sign(name, number.start, number.end, subject, scope))
    if _CRISIS_ASKED.search(normalise(context.question).text) and not context.reading_back:
        signs.append(_Sign(CRITICAL_PRESSURE, 0, 0, PATIENT, Scope(), asked=True))
    return signs


def _high_diastolic(sentence: Sentence, core: tuple[int, int], topic: Topic, worth: float) -> bool:
    """低压一百一, or the second number of a pair."""
    if not CRITICAL_DIASTOLIC_MMHG <= worth <= 160:
        return False
    if topic is Topic.DIASTOLIC:
        return True
    before = [n for n in sentence.numbers if n.core[1] <= core[0] and core[0] - n.end <= 3]
    return bool(before) and before[-1].middle > worth


def _agreed_to(
    sentence: Sentence, context: Context, values: Sequence[Value], rules: RedFlagRules
) -> list[_Sign]:
    """The signs of the question that the answer agrees to, or takes for granted."""
    if not context.question or context.reading_back:
        return []
    agreed = any(
        value.kind is ValueKind.YES_NO and value.value is True and not value.needs_confirmation
        for value in values
    )
    presupposed = context.expects in _INTERROGATIVE_LIST_KINDS and re.search(
        r"多久|多长|几|怎么样|什么样|哪", context.question
    )
    if not agreed and not presupposed:
        return []
    question = normalise(context.question).text
    if _ASKED_AS_RULE.search(question):
        return []
    if re.search(r"、|或", question) and sentence.lexicon.symptoms.find(sentence.text):
        # Of a list the answer names its own: 有一点头疼 is not the whole list.
        return []
    signs = []
    for name, places in rules.signs_in(question).items():
        signs += [_Sign(name, place.start, place.end, PATIENT, Scope(), asked=True) for place in places[:1]]
    return signs


def _fires(sentence: Sentence, rule: Rule, signs: list[_Sign]) -> list[_Sign]:
    """The signs that make `rule` fire for one person, empty when it does not."""
    for line in rule.lines:
        fired = []
        for name in line:
            fitting = [sign for sign in signs if sign.name == name and _in_time(sentence.text, rule, sign)]
            fitting = [sign for sign in fitting if not (sign.mild and len(line) > 1)]
            if not fitting:
                break
            fired.append(fitting[0])
        else:
            if not (rule.unless and rule.unless.search(_around(sentence.text, fired))):
                return fired
    return []


def _around(text: str, fired: list[_Sign]) -> str:
    said = [sign for sign in fired if not sign.asked]
    if not said:
        return ""
    start, _ = sentence_at(text, min(sign.start for sign in said))
    _, end = sentence_at(text, max(sign.start for sign in said))
    return text[start:end]


def _in_time(text: str, rule: Rule, sign: _Sign) -> bool:
    """Whether the sign is recent enough for the rule: see `within` in the rule file."""
    if sign.asked:
        return True
    start, end = sentence_at(text, sign.start)
    around = text[start:end]
    if rule.three_days:
        return not _EARLIER_THAN_THREE_DAYS.search(around) and not (_CHRONIC.search(around))
    if sign.scope.gone:
        return False
    earlier = _EARLIER_THAN_A_DAY.search(around) or sign.scope.past
    if earlier and not _STILL.search(around):
        return False
    return rule.lasting or not _CHRONIC.search(around)
