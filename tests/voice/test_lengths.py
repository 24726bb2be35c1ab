"""Lengths are counted in characters and words, whatever the spaces."""

import pytest

from voice.lengths import length


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("", 0),
        ("，。？", 0),
        ("高压一百五", 5),
        ("高压 一百五", 5),
        ("血压150", 3),
        ("体温37.5度", 4),
        ("OK 可以", 3),
        ("𠮷", 1),
    ],
)
def test_length(text: str, units: int) -> None:
    assert length(text) == units
