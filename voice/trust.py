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
NOT_UNDERSTOOD: Final = 0.3
"""For a bare numeral in answer to named choices: nobody answers 淡、中等，还是咸 with 三; it is 淡 misheard.

The same voice is misheard in the same way again, so that saying it twice proves nothing.
"""
_NUMERALS: Final = frozenset("一二两三四五六七八九十")
_YES_OR_NO: Final = frozenset({ValueKind.YES_NO, ValueKind.IDENTITY})


def trusted(utterance: Utterance, wait: Wait | None) -> float:
    """The confidence to hand on with an utterance that answers `wait`."""
    answers_yes_or_no = wait is None or wait.reading_back or wait.expects in _YES_OR_NO
    if length(utterance.text) != 1 or answers_yes_or_no:
        return utterance.confidence
    numeral = wait is not None and wait.expects is ValueKind.CHOICE and utterance.text in _NUMERALS
    return min(utterance.confidence, NOT_UNDERSTOOD if numeral else ONE_SYLLABLE)
