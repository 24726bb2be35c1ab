"""How far the recogniser's words may be trusted, given what was asked."""

from typing import Final

from assistant.dialogue.meaning import ValueKind
from assistant.dialogue.waits import Wait
from voice.hearing import Utterance
from voice.lengths import length

ONE_SYLLABLE: Final = 0.65
"""The most that a single syllable is trusted as a value: below the threshold from which values are read back.

淡 and 三, 七 and 一 differ by one sound on a telephone line, and the recogniser may be sure of the wrong one.
"""
_YES_OR_NO: Final = frozenset({ValueKind.YES_NO, ValueKind.IDENTITY})


def trusted(utterance: Utterance, wait: Wait | None) -> float:
    """The confidence to hand on with an utterance that answers `wait`."""
    answers_yes_or_no = wait is None or wait.reading_back or wait.expects in _YES_OR_NO
    if length(utterance.text) == 1 and not answers_yes_or_no:
        return min(utterance.confidence, ONE_SYLLABLE)
    return utterance.confidence
