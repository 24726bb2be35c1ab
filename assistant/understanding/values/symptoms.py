"""Symptoms present, absent or unsure, in standard terms: only what was said of the patient, now."""

import re
from collections.abc import Sequence
from enum import Enum, auto

from assistant.dialogue.meaning import Value, ValueKind
from assistant.understanding.context import Context
from assistant.understanding.corrections import repairs
from assistant.understanding.normalise import normalise
from assistant.understanding.polarity import ALL_BUT, LIST_END, affirmed
from assistant.understanding.scope import Scope, scope_at
from assistant.understanding.sentence import Sentence
from assistant.understanding.terms import Found


class Status(Enum):
    """What is said about one symptom."""

    PRESENT = auto()
    ABSENT = auto()
    UNSURE = auto()
    NOT_TOLD = auto()
    """Past, supposed, feared, asked about or somebody else's."""


_UNSURE = re.compile(
    r"说不清|说不好|不确定|不知道(?:是不是|算不算|有没有)|不清楚(?:是不是|算不算|有没有)|算不算|拿不准"
    r"|是不是(?!因为)|好像|可能|也许|似乎|不好说|说不上|大概|没准|不太确定|没注意"
)
_DOUBTED_BEHIND = re.compile(r"[^,。;!?]{0,2}(?:说不[清好上准]|不清楚|不确定|拿不准|不好说)")
_FIGURATIVE = re.compile(
    r"(?:事儿?|孩子|他|她|钱|问题|这件事|工作|作业|房子|物价|儿子|孙子)(?:真|太|都|就|老|可)?(?:让|叫|令|使"
    r"|把)(?:我|人|咱)?.{0,2}$"
)
_NONE = re.compile(
    r"没有?(?:这|那)(?:些|个|种).{0,4}|(?:一点|哪[儿里])[也都]?不(?:疼|痛|难受)|没有?(?:啥|什么|哪里|哪儿|任何|别的|其[他它])?(?:不舒服|不适|难受|不得劲|不对劲|毛病|症状|问题|感觉"
    r"|反应|异常|大碍|事)|没(?=$|[,。啊呢吧的])|都没"
    r"|没有(?=$|[,。!啊呢吧的呀哦没]|都|我|了)|[都全]没有?|(?:一切|都|身体|挺|很|蛮|还)+(?:正常|好(?!吧)"
    r"|可以|不错)|没事儿?|无症状|好着呢|好得很|没什么|没啥"
    r"|不错|挺好|还好|正常|哪[儿里]都[好不]"
)
_OTHERS_NONE = re.compile(
    r"没有?(?:啥|什么)?(?:别的|其[他它])|(?:别的|其他的?|其它的?|另外的?|剩下的?|余下的?|旁的)(?:倒|就|都|也|什么)*(?:没|不|正常|还好|挺好|没事)"
)
_TURN = re.compile(r"[,。;!?]|就(?!诊|医)|但|不过|只是|可是|除了")
_SOMETHING = re.compile(
    r"有(?=$|[,。的啊一点])|都有|难受|不舒服|不得劲|疼|痛|老样子|就那样|还行|一般|不太好|不好|对(?=$|[,。的])"
)
_SELF_NONE = re.compile(r"我(?:没事|没有|好|都好|挺好|不)")


def terms_in(text: str, sentence: Sentence) -> list[str]:
    """The standard terms that a text (a question) names, in order, each once."""
    found = sentence.lexicon.symptoms.find(normalise(text).text)
    return list(dict.fromkeys(one.term for one in found))


def parse(sentence: Sentence, context: Context) -> list[Value]:
    """One value with all symptoms told, or nothing."""
    found = _without_slips(sentence.text, sentence.lexicon.symptoms.find(sentence.text))
    statuses = statuses_of(sentence, found)
    for at, instead in _instead(sentence, found):
        statuses[at] = Status.ABSENT
        found.append(instead)
        statuses.append(Status.PRESENT)
    told: dict[str, Status] = {}
    spans: list[tuple[int, int]] = []
    for term, status in zip(found, statuses, strict=True):
        if status is Status.NOT_TOLD:
            continue
        told[term.term] = _merged(told.get(term.term), status)
        spans.append((term.start, term.end))
    none = False
    denial = _denial(sentence, context, found) if context.expects is ValueKind.SYMPTOMS else None
    if denial:
        listed = terms_in(context.question, sentence)
        if listed:
            for one in listed:
                told.setdefault(one, Status.ABSENT)
            spans.append(denial)
        elif Status.PRESENT not in told.values() and Status.UNSURE not in told.values():
            none = True
            spans.append(denial)
    if not told and not none:
        return _unclear(sentence, context, found)
    return [_value(sentence, told, none, spans)]


def _without_slips(text: str, found: Sequence[Found]) -> list[Found]:
    """Without the term that the speaker takes back for the next: 头晕, 哦不对, 是头疼."""
    slips = {
        index
        for index in range(len(found) - 1)
        for start, end in repairs(text)
        if found[index].end <= start <= found[index].end + 1 and found[index + 1].start == end
    }
    return [term for index, term in enumerate(found) if index not in slips]


_NOT_THIS_BUT = re.compile(r"不是(?P<this>[闷疼痛晕麻胀痒酸]),?(?:就|而)?是(?P<that>[闷疼痛晕麻胀痒酸])")


def _instead(sentence: Sentence, found: Sequence[Found]) -> list[tuple[int, Found]]:
    """胸口闷, 不是闷, 是疼: the term that is denied, and that of the same part of the body told instead."""
    told = []
    for swap in _NOT_THIS_BUT.finditer(sentence.text):
        for at, term in enumerate(found):
            complaint = sentence.text.find(swap["this"], term.start, term.end)
            if complaint < 0 or not 0 <= swap.start("this") - complaint <= _NEAR:
                continue
            part = re.sub(r"不是$", "", sentence.text[term.start : complaint])
            terms = sentence.lexicon.symptoms.find(part + swap["that"])
            if terms and sentence.mine(term.start):
                told.append((at, Found(terms[0].term, swap.start("that"), swap.end("that"))))
                break
    return told


_NEAR = 5
_SWELLINGS = frozenset({"下肢水肿", "颜面水肿"})
_EBB = re.compile(
    r"[^。;!?]{0,8}?(?:晚上|夜里|早上|早晨|早起|下午|中午|第二天|睡一?觉|睡醒|一觉|歇|休息|躺)[^,。;!?]{0,6}?(?:就|才|又|能|会)+[^,。;!?]{0,2}?[消退好]"
)
_ONCE = re.compile(r"昨[天晚]|前天|前几天|上周|上次|有一[次天回]|那天")
_LATELY = re.compile(r"最近|近来|这段时间|这阵子|现在|目前")
_LONG_AGO = re.compile(r"以前|过去|从前|年轻|小时候|年|曾经|上个?月|那时候?|当时|早先|没")
_HAPPENED = re.compile(r"过(?![来去年])")


def _unclear(sentence: Sentence, context: Context, found: Sequence[Found]) -> list[Value]:
    """有, 难受, 老样子 to the question for symptoms: something, but not what; 晕倒过一次: but not when."""
    if context.expects is not ValueKind.SYMPTOMS:
        return []
    if found:
        return _sometime(sentence, context, found)
    something = _SOMETHING.search(sentence.text)
    if something is None or not sentence.mine(something.start()):
        return []
    if sentence.scope(*something.span()).supposed or _FIGURATIVE.search(sentence.text[: something.start()]):
        return []
    return [sentence.value(ValueKind.SYMPTOMS, None, something.span(), confirm=True)]


def _sometime(sentence: Sentence, context: Context, found: Sequence[Found]) -> list[Value]:
    """晕倒过一次 to 您最近有没有: taken for lately, and asked about."""
    text = sentence.text
    happened = [
        term
        for term in found
        if _HAPPENED.match(text, term.end)
        and sentence.mine(term.start)
        and not _LONG_AGO.search(text)
        and not sentence.scope(term.start, term.end).fiction
        and not sentence.scope(term.start, term.end).supposed
    ]
    if not happened or not _LATELY.search(context.question):
        return []
    told = {term.term: Status.PRESENT for term in happened}
    value = _value(sentence, told, False, [(term.start, term.end) for term in happened])
    return [value.model_copy(update={"needs_confirmation": True})]


def _value(sentence: Sentence, told: dict[str, Status], none: bool, spans: list[tuple[int, int]]) -> Value:
    def terms(status: Status) -> list[str]:
        return [term for term, one in told.items() if one is status]

    value: dict[str, object] = {
        "present": terms(Status.PRESENT),
        "absent": terms(Status.ABSENT),
        "unsure": terms(Status.UNSURE),
    }
    if none:
        value["none"] = True
    span = (min(start for start, _ in spans), max(end for _, end in spans))
    return sentence.value(ValueKind.SYMPTOMS, value, span)  # type: ignore[arg-type]


def _merged(before: Status | None, now: Status) -> Status:
    """A symptom told twice: present outweighs, the later of absent and unsure stands."""
    return Status.PRESENT if Status.PRESENT in (before, now) and now is not Status.ABSENT else now


def _denial(sentence: Sentence, context: Context, found: Sequence[Found]) -> tuple[int, int] | None:
    """Where everything asked about is denied at once: 都没有, 别的没有, 没什么不舒服."""
    text = sentence.text
    if others := _OTHERS_NONE.search(text):
        return others.span()
    for none in _NONE.finditer(text):
        if not sentence.mine(none.start()) and not _SELF_NONE.search(text[: none.end()]):
            continue
        if any(term.start < none.end() and none.start() < term.end for term in found):
            continue
        if re.search(r"怎么(?:可能|会)$|不是$|天气.{0,3}$", text[: none.start()]):
            continue
        if found and _belongs_to_term(sentence, none, found):
            continue
        return none.span()
    return None


def _belongs_to_term(sentence: Sentence, none: re.Match[str], found: Sequence[Found]) -> bool:
    """没有 that denies the symptom beside it, not everything."""
    text = sentence.text
    if ALL_BUT.search(text[: none.start()]):
        return False
    before = [term for term in found if term.end <= none.start() and sentence.mine(term.start)]
    after = [term for term in found if term.start >= none.end() and sentence.mine(term.start)]
    if before and LIST_END.match(text[before[-1].end : none.start()]):
        return True
    return bool(after) and not _TURN.search(text[none.end() : after[0].start])


def statuses_of(sentence: Sentence, found: Sequence[Found]) -> list[Status]:
    """The status of each found term."""
    polarity = affirmed(sentence.text, found)
    return [
        _status(sentence, term, told, scope_at(_alone(sentence.text, found, term), term.start, term.end))
        for term, told in zip(found, polarity, strict=True)
    ]


def _alone(text: str, found: Sequence[Found], term: Found) -> str:
    """The text with other complaints blanked out: 恶心但没吐 does not say that the nausea is gone."""
    for other in found:
        if other.term != term.term:
            start = other.start - 1 if text[other.start - 1 : other.start] in ("没", "不") else other.start
            text = text[:start] + "〇" * (other.end - start) + text[other.end :]
    return text


def _status(sentence: Sentence, term: Found, told: bool, scope: Scope) -> Status:
    text = sentence.text
    if not sentence.mine(term.start) or scope.fiction or _FIGURATIVE.search(text[: term.start]):
        return Status.NOT_TOLD
    doubted = bool(_UNSURE.search(text[_clause_start(text, term) : term.start]))
    doubted = doubted or bool(_DOUBTED_BEHIND.match(text, term.end))
    if scope.supposed or (scope.asks and not doubted and _general_question(text, term)):
        return Status.NOT_TOLD
    if not told or re.match(rf"倒?是?(?:不|没有?)(?:怎么|太)?{text[term.end - 1]}", text[term.end :]):
        return Status.ABSENT
    if scope.gone and not _ebbs_daily(text, term):
        return Status.ABSENT
    if scope.past:
        return Status.NOT_TOLD
    ends = [at for at in (text.find(mark, term.end) for mark in ",。;!?") if at >= 0]
    if _UNSURE.search(text[_clause_start(text, term) : min(ends, default=len(text))]):
        return Status.UNSURE
    return Status.PRESENT


def _ebbs_daily(text: str, term: Found) -> bool:
    """腿肿, 晚上就消了: a swelling that goes every night is there every day."""
    lately = _ONCE.search(text[: term.end])
    return term.term in _SWELLINGS and not lately and bool(_EBB.match(text, term.end))


def _clause_start(text: str, term: Found) -> int:
    return max(text.rfind(mark, 0, term.start) for mark in ",。;!?") + 1


def _general_question(text: str, term: Found) -> bool:
    """高血压会头晕吗: asked in general, not told. 我头晕怎么办 tells."""
    before = text[: term.start]
    return not re.search(r"我|现在|最近|今天|昨天|这几天|老是|一直|有点|突然", before) and not re.match(
        r".{0,4}(?:了|得)", text[term.end :]
    )
