"""What counts as the resident's turn, and what interrupts us."""

import pytest

from voice.barge_in import Began, counts, interrupts


@pytest.mark.parametrize(
    ("text", "began", "taken"),
    [
        ("嗯", Began.LISTENING, True),
        ("", Began.LISTENING, True),
        ("", Began.LAST_PHRASE, False),
        ("对", Began.LAST_PHRASE, True),
        ("对的", Began.LAST_MESSAGE, False),
        ("没有", Began.LAST_MESSAGE, True),
        ("没有", Began.EARLY, False),
        ("喂，你好", Began.EARLY, False),
        ("对 的", Began.EARLY, False),
        ("没有不舒服", Began.EARLY, True),
        ("高压一百五", Began.EARLY, True),
    ],
)
def test_counts(text: str, began: Began, taken: bool) -> None:
    assert counts(text, began) is taken


@pytest.mark.parametrize(
    ("text", "voiced", "interruptible", "stops"),
    [
        ("我不抽烟", 0.6, True, True),
        ("我不抽烟", 0.6, False, False),
        ("我不抽烟", 0.1, True, False),
        ("我", 0.6, True, False),
        ("嗯", 0.6, True, False),
        ("好的", 0.6, True, False),
        ("", 3.0, True, False),
    ],
)
def test_interrupts(text: str, voiced: float, interruptible: bool, stops: bool) -> None:
    assert interrupts(text, voiced, Began.LAST_MESSAGE, interruptible) is stops
