"""Written Chinese becomes words that a voice can speak."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from voice.numerals import cardinal, decimal
from voice.speakable import speakable

CASES = YAML(typ="safe").load(Path(__file__).with_name("speakable.yml"))


@pytest.mark.parametrize(("written", "spoken"), [case for group in CASES.values() for case in group.items()])
def test_written_text_is_spoken_as_people_do(written: str, spoken: str) -> None:
    assert speakable(written) == spoken


@given(st.text(alphabet="0123456789.-/:%年月日号次片kgm血压高，。 ~()+℃", max_size=30))
def test_no_digit_is_left_to_the_synthesiser(written: str) -> None:
    assert not re.search(r"[0-9０-９]", speakable(written))


@given(st.text(max_size=40))
def test_any_text_is_accepted_and_only_words_and_punctuation_are_left(written: str) -> None:
    assert not re.search(r"[^\w\s，、。！？；：,.!?;:…—]", speakable(written))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (10, "十"),
        (110, "一百一十"),
        (1001, "一千零一"),
        (10010, "一万零一十"),
        (120_000_005, "一亿二千万零五"),
        (-3, "负三"),
    ],
)
def test_cardinals(value: int, said: str) -> None:
    assert cardinal(value) == said


def test_a_decimal_keeps_its_last_zero() -> None:
    assert decimal("7.10") == "七点一零"
