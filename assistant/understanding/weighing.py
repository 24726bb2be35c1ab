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
ABOUT_THE_QUESTION: Final = frozenset({"repeat"})
"""What its own rules tell where there is a question to repeat: 什么意思."""

CERTAIN: Final = 0.9
"""The model outweighs an answer that the grammar is not firm about."""
LIKELY: Final = 0.6
"""The model outweighs a rule that the question does not bear out."""
PLAIN: Final = 0.35
"""The model is believed where the grammar found nothing."""
LISTED: Final = 10


def weigh(meaning: Meaning, prediction: Prediction, context: Context, lexicon: Lexicon) -> Meaning:
    """The meaning with the intent, act and ranking that both readings together support."""
    danger = second_opinion(meaning, prediction, context, lexicon)
    if danger is not None:
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


def _chosen(meaning: Meaning, prediction: Prediction, context: Context, lexicon: Lexicon) -> IntentScore:
    ours, theirs = meaning.intent, _best(prediction, context)
    if meaning.red_flags or ours.name in BY_CONTEXT | BY_CONVENTION:
        return ours
    if ours.name in ANSWERS and _answers(meaning, context):
        return ours
    if ours.name in LEFT_OPEN and context.expects in (ValueKind.DATE, ValueKind.TIME):
        return ours
    if ours.name == "correct" and (context.reading_back or meaning.values):
        return ours
    if theirs is None or ours.name == theirs.name:
        return ours if theirs is None else theirs
    if ours.name in ANSWERS:
        return theirs if theirs.confidence >= (CERTAIN if _beside(meaning, context) else LIKELY) else ours
    asked = context.expects is not None
    if ours.name == QUESTION_BESIDES:
        surer = theirs.confidence >= (LIKELY if asked else PLAIN)
        return theirs if surer else _best_question(prediction, lexicon) or ours
    if asked and (theirs.name in ANSWERS or ours.name in ABOUT_THE_QUESTION):
        return ours
    if asked and lexicon.act_of(theirs.name) is Act.QUESTION_BACK and not INTERROGATIVE.search(meaning.text):
        return ours
    if ours.name == "off_topic":
        return theirs if theirs.confidence >= PLAIN or not asked else ours
    return theirs if theirs.confidence >= (CERTAIN if asked else LIKELY) else ours


def _best_question(prediction: Prediction, lexicon: Lexicon) -> IntentScore | None:
    """What is asked about, where a rule has heard that something is asked."""
    questions = (s for s in prediction.intents if lexicon.act_of(s.name) is Act.QUESTION_BACK)
    return next(questions, None)


def _best(prediction: Prediction, context: Context) -> IntentScore | None:
    """The first intent that the model may claim here; emergencies are weighed apart."""
    barred = {"emergency"}
    if context.expects is not None:
        barred.add("report_death")  # all calls would stop: 累死了 is no death
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


def _beside(meaning: Meaning, context: Context) -> bool:
    """Whether something was asked that these words may answer in a way of their own."""
    return context.expects is not None and bool(meaning.values)


def _asking(prediction: Prediction) -> float:
    return sum(score.confidence for score in prediction.acts if score.act is Act.QUESTION_BACK)


def _asks_besides(meaning: Meaning, prediction: Prediction) -> bool:
    return (
        any(score.name == QUESTION_BESIDES for score in meaning.intent_ranking[1:2])
        or _asking(prediction) >= 0.5
    )
