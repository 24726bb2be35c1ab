"""Weighs the grammar's reading of an utterance against the trained model's.

The grammar knows what was asked and reads values exactly; the model knows a thousand ways of saying things
and nothing of the question. So the grammar has the word where the utterance answers the question or a danger
sign was found, and the model where the grammar found nothing or only something beside the point. In between
the model must be the surer, the better the grammar's reading fits the question.
"""

import re
from typing import Final

from assistant.dialogue.meaning import Act, Entity, IntentScore, Meaning, ValueKind
from assistant.understanding.context import Context
from assistant.understanding.lexicon import Lexicon
from assistant.understanding.prediction import Prediction
from assistant.understanding.second_opinion import EMERGENCY, probability, second_opinion

QUESTION_BESIDES: Final = "ask_question"
"""Second in the ranking of an answer in which something is asked as well."""

BY_CONTEXT: Final = frozenset({"death_unclear", "report_death", "relative_answering", "patient_unavailable"})
"""Intents that the grammar tells from the question or from whose words they are."""
BY_CONVENTION: Final = frozenset({"voicemail_greeting", "stop_calling", "refuse_all"})
"""Intents whose rules are precise and whose miss is dear: heard once, they stand."""
WHO_IS_THERE: Final = frozenset(
    {"wrong_person", "report_death", "relative_answering", "patient_unavailable", "moved_away"}
)
"""Intents that the model alone is believed in only while it is asked who is there, or nothing is."""
LEFT_OPEN: Final = frozenset({"unknown", "refuse_question"})
"""What answers a question for a day or an hour without naming one: 随便, 不用了."""
INTERROGATIVE: Final = re.compile(
    r"[?？吗嘛呢么啥咋怎哪几谁问]|什么|多少|多久|多大|为何|是否|(.)[不没]\1|想(?:知道|了解)|告诉我|说说|讲讲"
)
"""Without any of these nothing is asked in the middle of an answer: 没空运动 asks nothing about exercise."""
ANSWERS: Final = frozenset({"affirm", "deny", "inform"})
ABOUT_THE_QUESTION: Final = frozenset({"repeat", "not_now", "refuse_question"})
"""What the rules tell better where there is a question to repeat, put off or refuse: 什么意思, 没空，挂了."""
ENDINGS: Final = frozenset({"refuse_all", "handoff", "stop_calling", "goodbye"})
"""Intents that end the talk: 医生让停的 is no wish for a doctor."""
REQUESTS: Final = frozenset(
    {
        "book_appointment",
        "change_appointment",
        "cancel_appointment",
        "book_checkup",
        "book_vaccination",
        "request_referral",
        "sign_family_doctor",
        "request_prescription",
        "request_home_visit",
        "request_record",
    }
)
REQUESTING: Final = re.compile(
    r"[想要帮能请]|给我|可以|麻烦|约|挂号|挂个|开(?:点|些|药|个|张|方|单)|取消|改|换|办|签|转诊|上门|打印|补"
)
SHORTEST_REQUEST: Final = 4
"""Without such a word, or in fewer characters, nothing is wanted in the middle of an answer: 开心, 不去了."""
SHORTEST_REPORT: Final = 8
"""In fewer characters, and no complaint asked for, the model alone reports no danger."""
TO_DEATH: Final = re.compile(r"[累热忙饿冻急困笑气烦疼痛吓渴堵愁闷吵丑脏难穷]死")

SURE: Final = 0.97
"""The model alone ends a talk."""
CERTAIN: Final = 0.9
"""The model outweighs what the grammar makes of the answer to a question."""
LIKELY: Final = 0.6
"""The model outweighs a rule that the question does not bear out."""
PLAIN: Final = 0.35
"""The model is believed where the grammar found nothing."""
LISTED: Final = 10


def weigh(meaning: Meaning, prediction: Prediction, context: Context, lexicon: Lexicon) -> Meaning:
    """The meaning with the intent, act and ranking that both readings together support."""
    danger = second_opinion(meaning, prediction, context, lexicon)
    if danger is not None and _may_be_danger(meaning, prediction, context):
        heard = IntentScore(name=EMERGENCY, confidence=probability(prediction))
        meaning = meaning.model_copy(update={"red_flags": (danger,), "intent": heard})
    chosen = _chosen(meaning, prediction, context, lexicon)
    act = lexicon.act_of(chosen.name)
    ranking = [chosen]
    if act is Act.ANSWER and _asks_besides(meaning, prediction):
        ranking.append(IntentScore(name=QUESTION_BESIDES, confidence=round(_asking(prediction), 4)))
    named = {score.name for score in ranking}
    ranking += [score for score in prediction.intents if score.name not in named]
    return meaning.model_copy(
        update={
            "act": act,
            "intent": chosen,
            "intent_ranking": tuple(ranking[:LISTED]),
            "entities": _entities(meaning, prediction),
        }
    )


def _entities(meaning: Meaning, prediction: Prediction) -> tuple[Entity, ...]:
    """The grammar's entities, whose terms are standard, and the model's where they do not overlap."""
    ours = meaning.entities
    more = [
        theirs
        for theirs in prediction.entities
        if all(theirs.end <= known.start or known.end <= theirs.start for known in ours)
    ]
    return tuple(sorted([*ours, *more], key=lambda entity: entity.start))


def _may_be_danger(meaning: Meaning, prediction: Prediction, context: Context) -> bool:
    """Whether the model alone may break off the talk: not on an answer, hardly where no complaint was asked.

    突然高了，一百七 answers the question for the pressure; 突然不想吃药了 that for the medicine.
    """
    if _answers(meaning, context):
        return False
    of_complaints = context.expects in (None, ValueKind.SYMPTOMS, ValueKind.FREE_TEXT, ValueKind.YES_NO)
    return of_complaints or (probability(prediction) >= SURE and len(meaning.text) >= SHORTEST_REPORT)


def _chosen(meaning: Meaning, prediction: Prediction, context: Context, lexicon: Lexicon) -> IntentScore:
    ours, theirs = meaning.intent, _best(prediction, context, meaning.text)
    if theirs is None or ours.name == theirs.name:
        return ours if theirs is None else theirs
    if meaning.red_flags or ours.name in BY_CONTEXT | BY_CONVENTION or _stands(meaning, context):
        return ours
    if ours.name == QUESTION_BESIDES:
        return _question(theirs, meaning, prediction, context, lexicon)
    if context.expects is None:
        return theirs if ours.name == "off_topic" or theirs.confidence >= LIKELY else ours
    if ours.name in ABOUT_THE_QUESTION or not _may_interrupt(theirs, meaning.text, lexicon):
        return ours
    beside_the_point = ours.name in ANSWERS and not meaning.values
    return theirs if theirs.confidence >= (LIKELY if beside_the_point else CERTAIN) else ours


def _stands(meaning: Meaning, context: Context) -> bool:
    """Whether the grammar's reading fits the question so well that the model is not heard."""
    ours = meaning.intent.name
    if ours in ANSWERS and _answers(meaning, context):
        return True
    if ours in LEFT_OPEN and context.expects in (ValueKind.DATE, ValueKind.TIME):
        return True
    return ours == "correct" and (context.reading_back or bool(meaning.values))


def _question(
    theirs: IntentScore, meaning: Meaning, prediction: Prediction, context: Context, lexicon: Lexicon
) -> IntentScore:
    """What the model makes of words in which a rule has heard that something is asked."""
    if context.expects is None:
        fits = theirs.confidence >= PLAIN
    else:
        fits = theirs.confidence >= LIKELY and _may_interrupt(theirs, meaning.text, lexicon)
    questions = (s for s in prediction.intents if lexicon.act_of(s.name) is Act.QUESTION_BACK)
    return theirs if fits else next(questions, meaning.intent)


def _may_interrupt(theirs: IntentScore, text: str, lexicon: Lexicon) -> bool:
    """Whether the model's reading may turn the talk away from a question that is still unanswered."""
    if theirs.name in ANSWERS:
        return False
    if lexicon.act_of(theirs.name) is Act.QUESTION_BACK:
        return bool(INTERROGATIVE.search(text))
    if theirs.name in REQUESTS:
        return len(text) >= SHORTEST_REQUEST and bool(REQUESTING.search(text))
    return theirs.name not in ENDINGS or theirs.confidence >= SURE


def _best(prediction: Prediction, context: Context, text: str) -> IntentScore | None:
    """The first intent that the model may claim here; emergencies are weighed apart."""
    barred = {"emergency"}
    if context.expects is not None or TO_DEATH.search(text):
        barred.add("report_death")  # all calls would stop
    if context.expects not in (None, ValueKind.IDENTITY):
        barred |= WHO_IS_THERE
    return next((score for score in prediction.intents if score.name not in barred), None)


def _answers(meaning: Meaning, context: Context) -> bool:
    """Whether a value of the very kind that was asked for is there, beyond doubt."""
    if context.asks_yes_no and any(value.kind is ValueKind.YES_NO for value in meaning.values):
        return True
    return context.expects is not None and any(
        value.kind is context.expects and value.value is not None and value.kind is not ValueKind.FREE_TEXT
        for value in meaning.values
    )


def _asking(prediction: Prediction) -> float:
    return sum(score.confidence for score in prediction.acts if score.act is Act.QUESTION_BACK)


def _asks_besides(meaning: Meaning, prediction: Prediction) -> bool:
    if any(score.name == QUESTION_BESIDES for score in meaning.intent_ranking[1:2]):
        return True
    return _asking(prediction) >= LIKELY and bool(INTERROGATIVE.search(meaning.text))
