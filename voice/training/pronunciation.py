"""Pinyin syllables to the recogniser's sound units.

The units are the toneless initials and finals of Mandarin; the vowel written i has three units, since zi, zhi
and ji share only the letter. Tone is left out: it is weak on an 8 kHz line and the word sequence settles most
homophones.
"""

from collections.abc import Iterable

from voice.synthesisers.pinyin import syllables

INITIALS = "b p m f d t n l g k h j q x zh ch sh r z c s".split()
FINALS = (
    "a o e ai ei ao ou an en ang eng ong er i ii iii ia ie iao iu ian in iang ing iong "
    "u ua uo uai ui uan un uang v ve van vn"
).split()
UNITS = INITIALS + FINALS


class UnknownSyllable(ValueError):
    """A syllable that is not Mandarin pinyin."""


def units(pinyin: str) -> list[str]:
    """The sound units of one syllable: zhong4 -> [zh, ong], yuan2 -> [van], er2 -> [er]."""
    plain = _spelt_out(pinyin.rstrip("12345").replace("ü", "v"))
    initial = next((i for i in ("zh", "ch", "sh", *INITIALS) if plain.startswith(i)), "")
    final = plain[len(initial) :]
    if final == "i" and initial in ("z", "c", "s"):
        final = "ii"
    elif final == "i" and initial in ("zh", "ch", "sh", "r"):
        final = "iii"
    elif initial in ("j", "q", "x") and final.startswith("u"):
        final = "v" + final[1:]
    final = {"ue": "ve", "uei": "ui", "uen": "un", "iou": "iu"}.get(final, final)
    if final not in FINALS:
        raise UnknownSyllable(f"{pinyin!r} is not a pinyin syllable")
    return [initial, final] if initial else [final]


def _spelt_out(plain: str) -> str:
    """Writes syllables that begin with y or w by their final: yan -> ian, wu -> u, yu -> v."""
    if plain.startswith("yu"):
        return "v" + plain[2:]
    if plain.startswith("y"):
        rest = plain[1:] if plain[1:].startswith("i") else "i" + plain[1:]
        return {"iou": "iu"}.get(rest, rest)
    if plain.startswith("w"):
        rest = plain[1:] if plain[1:].startswith("u") else "u" + plain[1:]
        return {"uei": "ui", "uen": "un", "ueng": "ong"}.get(rest, rest)
    return plain


def lexicon(words: Iterable[str]) -> dict[str, list[str]]:
    """The sound units of every word."""
    table = {}
    for word in sorted(words):
        try:
            table[word] = [unit for syllable in syllables(word) for unit in units(syllable)]
        except UnknownSyllable as error:
            raise UnknownSyllable(f"word {word!r}: {error}; add it to pronunciations.yml") from error
        if not table[word]:
            raise UnknownSyllable(f"word {word!r} has no reading; add it to pronunciations.yml")
    return table
