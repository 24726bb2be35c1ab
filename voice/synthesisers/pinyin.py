"""Chinese text to pinyin for espeak-ng.

espeak-ng 1.51 reads some characters wrongly (咳嗽, 氨氯地平, 重复 …) but every pinyin syllable rightly, so it
is given pinyin: `血压正常吗?` becomes `xue4 ya1 zheng4 chang2 ma5 ?`. The table `pronunciations.yml` beside
this file holds the readings that the dictionary lacks or has wrong; the recogniser is trained with the same.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pypinyin import Style, lazy_pinyin, load_phrases_dict, load_single_dict
from ruamel.yaml import YAML

_TABLE = Path(__file__).with_name("pronunciations.yml")
_PAUSES = str.maketrans("，、；：。！？…—（）", ",,;:.!?.,,,")
_LETTERS = {
    "A": "ei1", "B": "bi4", "C": "sei1", "D": "di4", "E": "yi4", "F": "ai2 fu5", "G": "ji4", "H": "ei1 chi5",
    "I": "ai4", "J": "zhei4", "K": "kei4", "L": "ai2 er5", "M": "ai2 mu5", "N": "en1", "O": "ou1", "P": "pi4",
    "Q": "kiu1", "R": "a4 er5", "S": "ai2 si5", "T": "ti4", "U": "you1", "V": "wei1", "W": "da2 bu5 liu5",
    "X": "ai2 ke5 si5", "Y": "wai4", "Z": "zei4",
}  # fmt: skip


@cache
def readings() -> Mapping[str, tuple[str, ...]]:
    """The hand-written table: word to syllables with tone numbers."""
    table = YAML(typ="safe").load(_TABLE)
    return {str(word): tuple(str(syllables).split()) for word, syllables in table.items()}


@cache
def _prepared() -> None:
    """Teaches pypinyin, in this process, the readings of the table."""
    phrases, characters = {}, {}
    for word, syllables in readings().items():
        if len(word) == len(syllables) > 1:
            phrases[word] = [[syllable] for syllable in syllables]
        elif len(word) == 1:
            characters[ord(word)] = syllables[0]
    load_phrases_dict(phrases, style="tone3")
    load_single_dict(characters, style="tone3")


def syllables(word: str) -> list[str]:
    """The syllables of one word, a tone number after each: 血压 -> [xue4, ya1]. Other signs are left out."""
    if word in readings():
        return list(readings()[word])
    _prepared()
    found = lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True, errors="ignore")
    return [syllable.replace("ü", "v") for syllable in found]


def spoken(text: str) -> str:
    """A whole sentence as pinyin, with punctuation kept for its pauses and Latin letters spelt out."""
    _prepared()

    def foreign(run: str) -> str:
        signs = (_LETTERS.get(char.upper(), char if char in ",;:.!?" else "") for char in run)
        return " ".join(sign for sign in signs if sign)

    found = lazy_pinyin(
        text.translate(_PAUSES), style=Style.TONE3, neutral_tone_with_five=True, errors=foreign
    )
    return " ".join(syllable.replace("ü", "v") for syllable in found if syllable)
