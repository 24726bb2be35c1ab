"""Words that a recogniser wrote with other characters of the same sound."""

import pytest

from assistant.understanding.homophones import Homophones
from assistant.understanding.terms import LexiconError

WORDS = Homophones(["农药", "安眠药"], ["农浓脓", "药要耀", "眠绵免"])


@pytest.mark.parametrize(
    ("heard", "mended"),
    [
        ("他喝农要了", "他喝农药了"),
        ("吃了安绵药", "吃了安眠药"),
        ("浓要加水", "浓要加水"),  # none of its characters is that of the word
        ("喝了农药", "喝了农药"),
    ],
)
def test_mended_where_half_of_the_word_stands(heard: str, mended: str) -> None:
    assert WORDS.mend(heard) == mended


def test_a_group_of_one_is_refused() -> None:
    with pytest.raises(LexiconError, match="two characters"):
        Homophones(["农药"], ["农"])
