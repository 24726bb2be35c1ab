"""Adherence to medicine: 规律 as prescribed, 间断 fewer or smaller doses, 不服药 prescribed but not taken
now.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from assistant.dialogue.meaning import Value, ValueKind
from assistant.understanding.context import Context
from assistant.understanding.corrections import repairs
from assistant.understanding.negation import denied
from assistant.understanding.normalise import normalise
from assistant.understanding.sentence import Sentence
from assistant.understanding.values import yes_no

REGULAR, IRREGULAR, NOT_TAKEN = "规律", "间断", "不服药"

_SOMETIMES = re.compile(
    r"断断续续|想起来(?:就|才|吃)|[两二三四五六几]{1,2}天(?:才)?吃一[次回片]|吃[一两二三几半][天片次]停[一两二三几半]|^有时候?(?=$|[,。])|^偶尔(?=$"
    r"|[,。])|(?<![刚方])才吃|吃吃停停|三天打鱼|时吃时|[忘漏]了就?再?补|该[吃服][两二三四][片粒颗次][^,。;]{0,6}[吃服][一半两][片粒颗次]|有一顿没一顿|隔(?:一|1)?[天日]|不规律"
    r"|[没不](?:怎么|太|大|能|是很|够|有)?(?:按时|规律|定时|准时)"
    r"|少吃|减(?:了|量|半|少|到)|只吃|本来.{0,6}(?:半|一)片|吃半片|有时候?.{0,6}[没不](?:吃|服)"
    r"|有时候?(?:会)?(?:不|没)吃|偶尔.{0,4}[没不]吃"
    r"|一天吃一天不|(?:不是?|没有?)(?:能)?(?:天天|每天|顿顿|每顿|每次)(?:都)?(?:按时)?[吃服]?"
    r"|(?:[一每]个?(?:星期|礼拜|周))(?:也就|只|就|大概|能)?[吃服][一二两三四五六几]{1,2}[天次回]"
    r"|(?:医生|大夫|说明书?)(?:让|叫|说|开|写)[^,。;]{0,5}?[一两二三四][片粒颗次][^一两二三四半]{0,6}[吃服][一半]?[片粒颗次半一]"
    r"|(?:高|晕|难受|不舒服|疼|痛)了?(?:的时候)?(?:再|才|就)[吃服]"
    r"|停了?[几一二两三四五六七半][^,。;]{0,4}?(?:又|再|后来)[^,。;]{0,2}[吃服]"
)
_MISSED = re.compile(r"漏|忘|落(?:下|过|了)?(?=$|[,。过了一]|下)|误(?=过|了)|错过|记不(?:得|住)吃")
_STOPPED = re.compile(r"停(?:药|了|掉|用|服|过)?(?!电)|断(?:药|了|过|掉|$|(?=[,。]))(?!断)")
_TAKING = re.compile(
    r"按(?:时|点)(?:吃|服|用)?|规律|坚持|定时|准时|按(?:医生|医嘱|说明|要求|照)|(?:每天|天天|日日"
    r"|每日)(?:都|早上|晚上|早晚|按时|在|坚持|照|要"
    r"|[,])*(?:吃|服|用|一片|半片|一颗|一粒|两片|[一两半]次)|(?:一直|都|照样|照常|还在|在|正常)(?:在)?(?:吃"
    r"|服|用)(?!完)|[吃服用]着|没少吃"
    r"|一[顿天次](?:都|也)?(?:没|不)(?:少|落|漏|忘|断|敢)"
)
_EAT = re.compile(r"吃(?!饭|完|点|东西|什么|的是|亏|力|惊|肉|菜|咸|得)|(?<!舒)服(?:用|药)?(?![务气装])|用药")
_NOT_TAKING = re.compile(r"没(?:有)?[在再](?:吃|服|用)(?!饭)|不(?:再|在)(?:吃|服)")
_MUST = re.compile(r"[^,。;]{0,3}?(?:[不哪]行|[不哪]成|怎么行|才怪|能行吗?|要命)")
"""不吃不行, 不吃哪行: it is taken because it must be."""
_NOT_REMEMBERED = re.compile(
    r"(?:不记得|记不[清得]|不知道|不清楚|想不起来|说不清|忘了)[^,。;]{0,3}(?:有没有|吃没吃|吃了没|是不是)"
)
_ONLY_TOPIC = re.compile(r"(?:倒是?|是)也?(?:没有?|不)")
"""忘倒是没忘过: the word said first names the topic."""
_OTHER_DEEDS = re.compile(
    r"[没不](?:有)?(?:怎么|太)?(?:买|配|开|带|拿|晕|疼|痛|闷|慌|麻|肿|吐|咳|难受|舒服|高|低)[^不没]{0,3}"
)
"""Negations before a word of taking that deny something else: 没买药没吃, 头不晕药吃了."""
_TODAY_ONLY = re.compile(r"今[天早晚].{0,4}还没|还没(?:来得及)?吃|没到点")
_RUN_OUT = re.compile(r"吃完.{0,8}(?:没|还)|药(?:没|完)了|没药了|没(?:去)?(?:配|买|开)药|断货")
_NOT_PRESCRIBED = re.compile(
    r"没(?:有)?(?:给我)?开(?:过)?药|不用吃药|没让(?:我)?吃药|(?:医生|大夫)(?:让|叫|给|说)(?:我)?(?:可以)?停"
    r"|(?:医生|大夫)(?:说|讲|让|叫)?(?:我)?(?:不用|不必|可以不|先别|先不|暂时不)"
)
_VAGUE = re.compile(
    r"还行|差不多|还可以|一般|凑合|看情况|尽量|基本(?:上)?|不好说|^(?:嗯|就)?[吃服](?:了|的|啊|呢|药)*$"
)
_FORMERLY = re.compile(r"以前|原来|过去|从前|去年|刚开始|那时候?|早先")
_LATELY = re.compile(r"前一?阵子?|前段时间|前几天")
"""Still counts as now, unless something has changed since."""
# 不吃药就头晕 tells of what happens, not of what is done.
_IF = re.compile(r"药?(?:(?:了药?|的话)?[,]?(?:就|会|血压就)|的时候)")
_NOW = re.compile(r"现在|今年|最近|如今|后来|这[几两]?[天周月]|目前")
_KEYS = {"1": REGULAR, "2": IRREGULAR, "3": NOT_TAKEN, "一": REGULAR, "二": IRREGULAR, "三": NOT_TAKEN}
_ASKS_LEAVE = re.compile(
    r"(?:能不能|可不可以|要不要|该不该|用不用|是不是(?:能|可以|该))[^,。;]{0,3}(?:停|不[吃服]|断|减|少吃)|停不停|停了?药?(?:可以|行|成)[吗么不]|(?:能|可以|要)停[药了吗么不]*[吗么不]"
    r"|(?<![还敢])(?:能|可以|要)[^,。;]{0,2}(?:不[吃服]|停|断)[药了]*[吗么]"
)
"""我这个药能不能停啊: asks whether it may be, and does not say that it is."""
_UNTHINKABLE = re.compile(
    r"(?:还|那)(?:能|敢|可以)(?:不[吃服]|停|断|忘|漏)(?![^,。;]{0,3}再)|(?<![不哪么])敢不[吃服][吗啊]"
)
"""那还能不吃啊, 敢不吃吗."""
_SHRINKS = re.compile(r"(?:不敢|怕|不想|不愿意?|不肯)(?:再)?[吃服](?!不|得)")
"""Says what the patient would not do, and not what he does."""
_ABOUT_MEDICINE = re.compile(r"药|胰岛素")


@dataclass(frozen=True, slots=True)
class _Sign:
    verdict: str
    start: int
    end: int


def parse(sentence: Sentence, context: Context) -> list[Value]:
    """How the medicine is taken now, when that was asked for or said of medicine."""
    asked = context.expects is ValueKind.MEDICATION_ADHERENCE
    text = sentence.text
    if not asked and not _ABOUT_MEDICINE.search(text):
        return []
    if asked and text.strip("。,按选第个") in _KEYS:
        value = _value(sentence, _KEYS[text.strip("。,按选第个")], (0, len(text)))
        doubtful = text.strip("。,") in _KEYS and not context.offers_numbers
        return [value.model_copy(update={"needs_confirmation": True}) if doubtful else value]
    if asked and (found := _NOT_REMEMBERED.search(text)):
        return [_value(sentence, None, found.span(), confirm=True)]
    if asked and (found := _NOT_PRESCRIBED.search(text) or _TODAY_ONLY.search(text)):
        return [_value(sentence, None, found.span(), confirm=True)]
    if asked and (unthinkable := _UNTHINKABLE.search(text)):
        return [_value(sentence, REGULAR, unthinkable.span(), confirm=True)]
    if _ASKS_LEAVE.search(text):
        return []
    signs = _standing(sentence, _signs(text))
    if not asked:
        signs = [sign for sign in signs if _tells_of_medicine(text, sign, context)]
    if signs:
        worst = _worst(signs)
        doubtful = all(_only_shrinks(text, sign) for sign in signs)
        return [_value(sentence, worst, (signs[0].start, signs[-1].end), confirm=doubtful)]
    return _other_answers(sentence, context) if asked else []


def _value(sentence: Sentence, verdict: str | None, span: tuple[int, int], confirm: bool = False) -> Value:
    return sentence.value(ValueKind.MEDICATION_ADHERENCE, verdict, span, confirm=confirm)


def _only_shrinks(text: str, sign: _Sign) -> bool:
    return any(found.start() < sign.end <= found.end() for found in _SHRINKS.finditer(text))


def _tells_of_medicine(text: str, sign: _Sign, context: Context) -> bool:
    """Volunteered words count only as statements about taking, not 药买了吗 or 能停药吗."""
    if re.search(r"吗|能不能|可不可以|要不要|怎么办|[?]", text):
        return False
    around = text[max(0, sign.start - 8) : sign.end + 8]
    return bool(re.search(r"吃|服|漏|忘|停药|断药|按时", around)) and bool(_ABOUT_MEDICINE.search(around))


def _signs(text: str) -> list[_Sign]:
    signs: list[_Sign] = []
    for pattern, verdict in _READ_AS:
        for found in pattern.finditer(text):
            told = verdict(text, found)
            if told and not any(sign.start < found.end() and found.start() < sign.end for sign in signs):
                signs.append(_Sign(told, *found.span()))
    return sorted(signs, key=lambda sign: sign.start)


def _missed(text: str, found: re.Match[str]) -> str | None:
    if _ONLY_TOPIC.match(text, found.end()):
        return None
    return REGULAR if denied(_before(text, found.start())) else IRREGULAR


def _stopped(text: str, found: re.Match[str]) -> str:
    """停了 holds on; 停过几天 is over."""
    if denied(_before(text, found.start())):
        return REGULAR
    return IRREGULAR if "过" in found.group() else NOT_TAKEN


def _eats(text: str, found: re.Match[str]) -> str | None:
    before = _OTHER_DEEDS.sub("", _before(text, found.start()))
    if re.search(r"(?:漏|忘)(?:了|记)?$", before) or re.search(r"(?:不想|怎么)$", before):
        return None
    if denied(before):
        return REGULAR if _MUST.match(text, found.end()) else NOT_TAKEN
    return REGULAR if re.search(r"都|一直|每天|天天|不|没", before) else None


_READ_AS: tuple[tuple[re.Pattern[str], Callable[[str, re.Match[str]], str | None]], ...] = (
    (_SOMETIMES, lambda text, found: IRREGULAR),
    (_RUN_OUT, lambda text, found: NOT_TAKEN),
    (_MISSED, _missed),
    (_STOPPED, _stopped),
    (_NOT_TAKING, lambda text, found: NOT_TAKEN),
    (_TAKING, lambda text, found: REGULAR),
    (_EAT, _eats),
)
"""What each kind of words says, the most telling first: words already read are not read again."""


def _before(text: str, at: int) -> str:
    """The clause before, from its last 就 on: 血压不高就不吃 denies once."""
    start = max(text.rfind(mark, 0, at) for mark in ",。;!?") + 1
    start = max(start, *(end for _, end in repairs(text[:at])), 0)
    clause = text[start:at]
    return re.split("就|不好|不行", clause)[-1]


def _standing(sentence: Sentence, signs: list[_Sign]) -> list[_Sign]:
    """The patient's own, now, after the last repair."""
    mine = [sign for sign in signs if sentence.mine(sign.start) and not _IF.match(sentence.text, sign.end)]
    now = [sign for sign in mine if not _is_former(sentence.text, sign)]
    for start, end in reversed(repairs(sentence.text)):
        later = [sign for sign in now if sign.start >= end]
        if later and any(sign.end <= start for sign in now):
            return later
    return now


def _is_former(text: str, sign: _Sign) -> bool:
    former = list(_FORMERLY.finditer(text, 0, sign.start))
    if former:
        return not _NOW.search(text, former[-1].end(), sign.start)
    lately = _LATELY.search(text, 0, sign.start)
    return bool(lately and not _NOW.search(text, lately.end(), sign.start) and _NOW.search(text, sign.end))


def _worst(signs: list[_Sign]) -> str:
    verdicts = {sign.verdict for sign in signs}
    return signs[0].verdict if len(verdicts) == 1 else IRREGULAR


def _other_answers(sentence: Sentence, context: Context) -> list[Value]:
    """对 or 没有 to a question with one answer; vague words."""
    if vague := _VAGUE.search(sentence.text):
        confirm = REGULAR if "吃" in vague.group() or "服" in vague.group() else None
        return [_value(sentence, confirm, vague.span(), confirm=True)]
    question = normalise(context.question).text
    if "还是" in question:
        return []
    truths = yes_no.parse(sentence, context.model_copy(update={"expects": ValueKind.YES_NO}))
    if not truths or truths[0].value is None:
        return []
    about_missing = bool(re.search(r"漏|忘|停|断", question))
    if truths[0].value:
        verdict: str | None = IRREGULAR if about_missing else REGULAR
    else:
        verdict = REGULAR if about_missing else None
    return [_value(sentence, verdict, (0, len(sentence.text)), confirm=verdict is None)]
