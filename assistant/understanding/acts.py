"""From rules, values and the question to the intents: which of the things said weighs most here."""

import re
from collections.abc import Sequence

from assistant.dialogue.meaning import IntentScore, RedFlag, Value, ValueKind
from assistant.understanding.context import Context
from assistant.understanding.corrections import taken_back
from assistant.understanding.intents import EARLY, LATE, matching
from assistant.understanding.sentence import Sentence
from assistant.understanding.values import identity

SURE, LIKELY, GUESS = 0.98, 0.85, 0.5

_TAKEN_BACK_HERE = re.compile(
    r"^(?:啊|哦|噢|诶|哎|呃|嗯|,)*(?:不对|不是|错了|不|错)[,。!不对错了啊]*(?:应该)?是?"
)
_WHO_IS_AWAY = re.compile(
    r"不在|出去|出门|去[了买上]|睡|午休|没空|住院|在(?:医院|外面|睡|吃|洗|厨房)|上班|接不了|不方便|听不"
    r"|耳朵|耳背|瘫|糊涂|说不了"
)
_NOT_AT_ALL = re.compile(r"^(?:嗯|哎|那|就|,)*(?:不用|不必|甭|不需要|算了)")
_WHENEVER = re.compile(
    r"随便|随时|都行|都可以|都方便|看情况|再(?:说|看|定|约)|你们?(?:定|看着办|安排)|等会儿?|一会儿?|过会儿?"
    r"|[吃忙睡]完|回头|说不准|没准|不一定"
)
_OF_SPEECH = re.compile(r"[说讲念问话慢]|语速")
"""有点快, 九十六 speaks of the heart."""
_NO_RUN_OFF = (
    "stop_calling",
    "update_contact",
    "handoff",
    "suspect_fraud",
    "ask_robot",
    "slower",
    "louder",
    "voicemail_greeting",
)


def _has(values: Sequence[Value], kind: ValueKind | None) -> bool:
    return any(value.kind is kind for value in values)


def intent_of(
    sentence: Sentence, context: Context, values: Sequence[Value], flags: Sequence[RedFlag]
) -> list[IntentScore]:
    """The intents of the utterance, weightiest first; the first decides the act."""
    if flags:
        return [IntentScore(name="emergency", confidence=SURE), *_ordinary(sentence, context, values)]
    return _ordinary(sentence, context, values)


def _ordinary(sentence: Sentence, context: Context, values: Sequence[Value]) -> list[IntentScore]:
    text = sentence.text
    early = matching(text, EARLY)
    late = matching(text, LATE)
    answered = _answer(sentence, context, values)
    who = _identity_intent(text, context, values)
    ranked: list[str] = []
    left = _left_open(text, context, values)
    if left:
        early = [intent for intent in early if intent != "wait_a_moment"]
    if _has(values, ValueKind.HEART_RATE) and not _OF_SPEECH.search(text):
        early = [intent for intent in early if intent != "slower"]
    weighty = [intent for intent in early if intent in _NO_RUN_OFF]
    ranked += [intent for intent in weighty if not (who and intent in ("louder", "slower"))]
    if who in ("report_death", "death_unclear", "wrong_person"):
        ranked.append(who)
    if _corrects(sentence, context, values):
        ranked.append("correct")
    if left:
        ranked.append(left)
    ranked += _against_answer(text, context, late, answered, values)
    if who:
        ranked.append(who)
    if answered:
        ranked.append(answered)
    ranked += early + late
    if not ranked:
        ranked.append("inform" if values else "off_topic")
    unique = list(dict.fromkeys(ranked))
    return [
        IntentScore(name=name, confidence=round(max(0.05, (SURE if index == 0 else LIKELY) - 0.2 * index), 2))
        for index, name in enumerate(unique[:10])
    ]


def _against_answer(
    text: str, context: Context, late: list[str], answered: str | None, values: Sequence[Value]
) -> list[str]:
    """Intents of the second rank that outweigh the answer found beside them."""
    outweighing = []
    # 不方便 to 您现在方便吗 is a deny and a reason to ring back.
    day_named = context.expects is ValueKind.DATE and _has_firm(values, context)
    if "not_now" in late and not day_named and (answered in (None, "deny") or _only_when(values)):
        outweighing.append("not_now")
    this_only = "refuse_question" in late and re.search(r"这个|这题|这种", text)
    for intent in ("refuse_question", "refuse_all") if this_only else ("refuse_all", "refuse_question"):
        if intent in late and answered in (None, "deny") and "not_now" not in outweighing:
            outweighing.append(intent)
    if "unknown" in late and not _has(values, context.expects):
        outweighing.append("unknown")
    if answered in ("affirm", "inform") and "ask_question" in late and not _has_firm(values, context):
        outweighing.append("ask_question")
    return outweighing


def _left_open(text: str, context: Context, values: Sequence[Value]) -> str | None:
    """What answers a question for a day or an hour without naming one: 随便, 到时候再看, 不用了."""
    if context.expects not in (ValueKind.DATE, ValueKind.TIME) or context.reading_back:
        return None
    if any(value.value is not None for value in values):
        return None
    if context.expects is ValueKind.TIME and _NOT_AT_ALL.match(text):
        return "refuse_question"
    return "unknown" if _WHENEVER.search(text) else None


def _only_when(values: Sequence[Value]) -> bool:
    return all(
        value.kind in (ValueKind.DATE, ValueKind.TIME, ValueKind.DURATION, ValueKind.FREE_TEXT)
        for value in values
    )


def _has_firm(values: Sequence[Value], context: Context) -> bool:
    return any(value.kind is context.expects and not value.needs_confirmation for value in values)


def _answer(sentence: Sentence, context: Context, values: Sequence[Value]) -> str | None:
    """affirm, deny or inform where the utterance answers what was asked; None where it does not."""
    for value in values:
        if value.kind is ValueKind.YES_NO and value.value is not None:
            return "affirm" if value.value else "deny"
    for value in values:
        if value.kind is ValueKind.IDENTITY and isinstance(value.value, dict):
            if value.value.get("is_patient") is True:
                return "affirm"
            if value.value.get("is_patient") is False and set(value.value) == {"is_patient"}:
                return "deny"
    if context.expects is ValueKind.FREE_TEXT:
        rest = [value for value in values if value.kind is not ValueKind.FREE_TEXT]
        return "inform" if rest or _has(values, ValueKind.FREE_TEXT) else None
    return "inform" if values else None


def _identity_intent(text: str, context: Context, values: Sequence[Value]) -> str | None:
    for value in values:
        if value.kind is not ValueKind.IDENTITY or not isinstance(value.value, dict):
            continue
        told = value.value
        if told.get("status") == "deceased":
            # 我老伴去世了 may be said by the patient herself: whose death it is must be asked.
            widowed = told.get("relation") == "spouse" and not re.search(r"[她他]", text)
            return "death_unclear" if value.needs_confirmation or widowed else "report_death"
        if told.get("is_patient") is not True and (
            identity.wrong_number(text) or "wrong_person" in matching(text, LATE)
        ):
            return "wrong_person"
        if told.get("is_patient") is False:
            if _WHO_IS_AWAY.search(text):
                return "patient_unavailable"
            if "relation" in told or identity.fetches_patient(text):
                return "relative_answering"
    return None


def _corrects(sentence: Sentence, context: Context, values: Sequence[Value]) -> bool:
    """Whether an earlier answer is altered: 刚才说错了, or another value than the one read back."""
    text = sentence.text
    told = [value for value in values if value.kind not in (ValueKind.YES_NO, ValueKind.FREE_TEXT)]
    earlier = taken_back(text)
    if earlier:
        first = min((number.start for number in sentence.numbers), default=len(text))
        slip_inside = first < earlier.start()
        return not slip_inside and (bool(told) or not context.reading_back)
    denied = any(value.kind is ValueKind.YES_NO and value.value is False for value in values)
    if context.reading_back:
        return denied and bool(told)
    opening = _TAKEN_BACK_HERE.match(text)
    measured = [
        value
        for value in told
        if value.kind is not ValueKind.IDENTITY and value.kind is not ValueKind.SYMPTOMS
    ]
    return (
        bool(opening and measured and re.match(r".{0,3}(?:不对|错)", text))
        and context.expects is not ValueKind.YES_NO
    )
