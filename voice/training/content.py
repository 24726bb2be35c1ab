"""What the project's content (`nlu_data`) says that residents say, as words for the recogniser.

Lines are those of the simulated residents (`personas/*.yml`) and of the users in the conversation tests
(`tests/*.yml`); words are those of the lexicons of symptoms and medicines (`nlu/*.yml`).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from voice.speakable import speakable
from voice.training.grammar import PAUSE, GrammarError

_LONGEST_LEXICON_WORD = 6
_ALIKE = str.maketrans({"她": "他", "它": "他"})
_PERSONA_KEYS = frozenset({"say", "greeting", "announcement", "right", "wrong", "yes_no", "else"})
_TEST_KEYS = frozenset({"user"})


def written_lines(content: Path) -> list[str]:
    """Every line, once, without those that have no Chinese in them."""
    found = {
        line
        for folder, keys in (("personas", _PERSONA_KEYS), ("tests", _TEST_KEYS))
        for file in sorted((content / folder).glob("*.yml"))
        for line in _said(_load(file), keys, speaking=False)
    }
    return sorted(line for line in found if _chinese(line))


def lexicons(content: Path, wanted: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The phrases `lexicon_symptom` and `lexicon_medicine` of the sentence grammar, for the `wanted` terms.

    In the symptoms file ~ stands for what may come between two parts: here nothing, or 有点. Entries with
    patterns in them are for the parser only.
    """
    symptoms = _words(content / "nlu" / "symptoms.yml", "symptoms", "term", wanted["symptoms"])
    medicines = _words(content / "nlu" / "medicines.yml", "medicines", "name", wanted["medicines"])
    spoken = {
        " ".join(word.split("~")) if gap is None else word.replace("~", gap)
        for word in symptoms
        for gap in ((None, " 有点 ") if "~" in word else ("",))
    }
    return {
        "lexicon_symptom": sorted(map(_short_words, spoken)),
        "lexicon_medicine": sorted(map(_short_words, medicines)),
    }


def split(line: str, vocabulary: Collection[str]) -> tuple[str, ...]:
    """A written line as words: the longest known ones, else single characters; punctuation is a pause.

    Figures are written out as they are said, and signs that nobody says are left out.
    """
    text = speakable(line).translate(_ALIKE)
    longest = max(map(len, vocabulary))
    words: list[str] = []
    while text:
        size = next((n for n in range(min(longest, len(text)), 0, -1) if text[:n] in vocabulary), 1)
        word, text = text[:size], text[size:]
        if word in vocabulary or _chinese(word):
            words.append(word)
        elif words and words[-1] != PAUSE:
            words.append(PAUSE)
    return tuple(words[:-1] if words and words[-1] == PAUSE else words)


def _load(file: Path) -> Any:
    return YAML(typ="safe").load(file)


def _said(node: Any, keys: frozenset[str], *, speaking: bool) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _said(value, keys, speaking=key in keys)
    elif isinstance(node, list):
        for value in node:
            yield from _said(value, keys, speaking=speaking)
    elif isinstance(node, str) and speaking:
        yield node


def _words(file: Path, kind: str, key: str, wanted: Sequence[str]) -> list[str]:
    if not file.is_file():
        raise GrammarError(f"{file} is missing; --content names the folder of the content")
    entries = {entry[key]: entry["words"] for entry in _load(file)[kind]}
    absent = [term for term in wanted if term not in entries]
    if absent:
        raise GrammarError(f"{file} has no {', '.join(absent)}, which the training sentences name")
    words = [str(word) for term in wanted for word in entries[term]]
    return [word for word in words if all(_chinese(char) or char == "~" for char in word)]


def _short_words(text: str) -> str:
    """Long entries are given as single characters, so that no word is a sentence."""
    return " ".join(part if len(part) <= _LONGEST_LEXICON_WORD else " ".join(part) for part in text.split())


def _chinese(text: str) -> bool:
    return any("一" <= char <= "鿿" for char in text)
