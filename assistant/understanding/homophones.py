"""Words that a recogniser wrote with other characters of the same sound, put right."""

import re
from collections.abc import Iterable

from assistant.understanding.terms import LexiconError


class Homophones:
    """Mends chosen words in a text: 安绵药 for 安眠药. Lengths stay, so offsets do.

    At least half of a word must stand there as it is written: two syllables that only sound like a word are
    mostly another word.
    """

    def __init__(self, words: Iterable[str], groups: Iterable[str]) -> None:
        """`groups` are characters that sound alike. Raises LexiconError for a group of one."""
        sounds: dict[str, set[str]] = {}
        for group in groups:
            if len(group) < 2:
                raise LexiconError(f"a group of homophones needs two characters at least: {group!r}")
            for character in group:
                sounds.setdefault(character, set()).update(group)
        self._words = sorted(words, key=len, reverse=True)
        self._patterns = [
            (word, re.compile("".join(f"[{''.join(sorted(sounds.get(one, {one})))}]" for one in word)))
            for word in self._words
        ]

    def mend(self, text: str) -> str:
        """`text` with the words as they are spelt."""
        for word, pattern in self._patterns:
            if word not in text:
                text = pattern.sub(lambda found, word=word: _closer(found.group(), word), text)  # type: ignore[misc]
        return text


def _closer(written: str, word: str) -> str:
    same = sum(one == other for one, other in zip(written, word, strict=True))
    return word if 2 * same >= len(word) else written
