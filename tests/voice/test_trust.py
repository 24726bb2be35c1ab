"""A single syllable is no proof of a value."""

import pytest

from assistant.dialogue.meaning import ValueKind
from assistant.dialogue.waits import Wait
from voice.hearing import Utterance
from voice.trust import NOT_UNDERSTOOD, ONE_SYLLABLE, trusted


@pytest.mark.parametrize(
    ("text", "expects", "reading_back", "confidence"),
    [
        ("三", ValueKind.CHOICE, False, NOT_UNDERSTOOD),
        ("咸", ValueKind.CHOICE, False, ONE_SYLLABLE),
        ("八", ValueKind.QUANTITY_PER_DAY, False, ONE_SYLLABLE),
        ("比较淡", ValueKind.CHOICE, False, 0.95),
        ("行", ValueKind.YES_NO, False, 0.95),
        ("对", ValueKind.IDENTITY, False, 0.95),
        ("对", ValueKind.BLOOD_PRESSURE, True, 0.95),
    ],
)
def test_trusted(text: str, expects: ValueKind, reading_back: bool, confidence: float) -> None:
    utterance = Utterance(text, 0.95, unknown=False, started=0.0, ended=0.4, voiced=0.4)
    assert trusted(utterance, Wait(slot="s", expects=expects, reading_back=reading_back)) == confidence


def test_doubt_is_never_made_less() -> None:
    utterance = Utterance("三", 0.2, unknown=False, started=0.0, ended=0.4, voiced=0.4)
    assert trusted(utterance, Wait(slot="s", expects=ValueKind.CHOICE)) == 0.2
