"""A danger that the trained model hears in words for which no rule has a sign.

The model has the last word on no danger that the rules looked at: where they found a sign and set it aside as
denied, past, supposed or another's, the model, which hears such words much alike, is not asked. Where it is
not certain, words anywhere of something over, or of a manner of speaking, count against it.
"""

from typing import Final

from assistant.dialogue.meaning import Meaning, RedFlag
from assistant.understanding import red_flags
from assistant.understanding.context import Context
from assistant.understanding.lexicon import Lexicon
from assistant.understanding.prediction import Prediction
from assistant.understanding.red_flag_scope import reason_of_time, reason_told, tells_of_harmless
from assistant.understanding.red_flag_signs import with_pauses
from assistant.understanding.sentence import Sentence, prepare
from assistant.understanding.subjects import PATIENT, subject_at

RULE: Final = "model"
"""The rule that such a danger names: no table stands behind it, so a person looks at it first."""
EMERGENCY: Final = "emergency"
SURE_ENOUGH: Final = 0.3
"""The probability from which the model is believed; chosen with `python -m benchmarks.red_flags --model`."""
CERTAIN: Final = 0.7
"""The probability from which harmless words elsewhere in the utterance do not count against the model."""
FEWEST_CHARACTERS: Final = 4
"""Shorter utterances (嗯, 有, 没有) mean what their question makes of them, which the model does not know."""


def second_opinion(
    meaning: Meaning, prediction: Prediction, context: Context, lexicon: Lexicon
) -> RedFlag | None:
    """The danger that the model alone reports of an utterance in which no rule found one; None for none."""
    sure = probability(prediction)
    if meaning.red_flags or sure < SURE_ENOUGH:
        return None
    sentence = prepare(meaning.text, context, lexicon)
    if len(sentence.text) < FEWEST_CHARACTERS:
        return None
    if red_flags.judge(sentence, context, meaning.values).set_aside or not _told_as_fact(sentence):
        return None
    if sure < CERTAIN and tells_of_harmless(with_pauses(sentence).text):
        return None
    return RedFlag(
        rule=RULE,
        subject=subject_at(sentence.text, len(sentence.text), sentence.speaker, sentence.patient_sex),
        text=meaning.text,
        span=(0, len(meaning.text)),
    )


def probability(prediction: Prediction) -> float:
    """The model's probability that the utterance reports an emergency."""
    return next((score.confidence for score in prediction.intents if score.name == EMERGENCY), 0.0)


def _told_as_fact(sentence: Sentence) -> bool:
    """Whether the utterance as a whole tells of the present, and not of a film, a fear or another time."""
    text = with_pauses(sentence).text
    end = len(text)
    scope = sentence.scope(0, len(sentence.text))
    subject = subject_at(text, end, sentence.speaker, sentence.patient_sex)
    told = reason_told(text, end, end, affirmed=True, scope=scope, subject=subject, owned=subject != PATIENT)
    return told is None and reason_of_time(text, end, end, three_days=False, lasting=False) is None
