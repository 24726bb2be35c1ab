"""All text that a model is made from: the sentence grammar, the personas' lines and the out-of-domain lines."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from ruamel.yaml import YAML

from voice.synthesisers.pinyin import spoken, syllables
from voice.training import pronunciation
from voice.training.dataset import held_out
from voice.training.evaluation import Utterance, utterance
from voice.training.grammar import PAUSE, Grammar

TEXT = Path(__file__).with_name("text")
PERSONA_SHARE = 0.02
"""Part of the sentences that are lines of the simulated residents."""
RARE = 2
"""A sentence generated at most so often in the language model's text may be held out; commoner ones are fixed
phrases that the product must know."""
_ALIKE = str.maketrans({"她": "他", "它": "他"})
_SPOKEN_KEYS = {"say", "greeting", "announcement", "right", "wrong", "yes_no", "else"}


@dataclass(frozen=True)
class Corpus:
    """Seeded sources of sentences over one vocabulary."""

    grammar: Grammar
    lines: tuple[tuple[str, ...], ...]
    vocabulary: frozenset[str]

    @classmethod
    def read(cls, personas: Path | None) -> "Corpus":
        """The shipped text, with the lines of the personas in a folder where there is one."""
        grammar = Grammar.read(TEXT / "sentences.yml")
        known = grammar.vocabulary()
        lines = tuple(split(line, known) for line in persona_lines(personas)) if personas else ()
        vocabulary = known | {word for line in lines for word in line if word != PAUSE}
        return cls(grammar, lines, frozenset(vocabulary))

    @property
    def pinyin(self) -> dict[str, str]:
        return {word: " ".join(syllables(word)) for word in self.vocabulary}

    @property
    def lexicon(self) -> dict[str, list[str]]:
        return pronunciation.lexicon(self.vocabulary)

    @property
    def unit_numbers(self) -> dict[str, list[int]]:
        """The units of every word, numbered from 1."""
        number = {unit: index for index, unit in enumerate(pronunciation.UNITS, 1)}
        return {word: [number[unit] for unit in units] for word, units in self.lexicon.items()}

    def sentence(self, random: Random) -> list[str]:
        if self.lines and random.random() < PERSONA_SHARE:
            return list(random.choice(self.lines))
        return self.grammar.sentence(random)

    def counted(self, count: int, seed: int) -> Counter[tuple[str, ...]]:
        """`count` sentences for the language model, with how often each came."""
        random = Random(seed)
        return Counter(tuple(self.sentence(random)) for _ in range(count))


def withheld(sentence: Sequence[str], counts: Counter[tuple[str, ...]]) -> bool:
    """Whether the sentence is kept for testing, out of the speech and of the language model."""
    return held_out(sentence) and counts[tuple(sentence)] <= RARE


def spoken_words(sentence: Sequence[str]) -> list[str]:
    return [word for word in sentence if word != PAUSE]


def training_sentences(corpus: Corpus, counts: Counter[tuple[str, ...]], count: int, seed: int) -> list[list[str]]:
    """`count` sentences to speak, none of them withheld."""
    random = Random(seed)
    sentences: list[list[str]] = []
    while len(sentences) < count:
        sentence = corpus.sentence(random)
        if not withheld(sentence, counts):
            sentences.append(sentence)
    return sentences


def test_utterances(corpus: Corpus, counts: Counter[tuple[str, ...]], count: int, seed: int) -> list[Utterance]:
    """Half of them any sentences, half withheld ones."""
    random, pinyin = Random(seed), corpus.pinyin
    found: list[Utterance] = []
    while len(found) < count:
        sentence = corpus.sentence(random)
        if len(found) % 2 == 0 or withheld(sentence, counts):
            found.append(utterance(sentence, pinyin))
    return found


def foreign_utterances() -> list[Utterance]:
    """Speech about other things, which must be flagged as unknown."""
    lines = (TEXT / "out_of_domain.txt").read_text("utf-8").split()
    return [Utterance(line, spoken(line)) for line in lines]


def persona_lines(folder: Path) -> list[str]:
    """Everything that the simulated residents of a folder of persona files say."""
    files = sorted(folder.glob("*.yml"))
    found = {line for file in files for line in _said(YAML(typ="safe").load(file), speaking=False)}
    return sorted(line for line in found if _chinese(line))


def _said(node: Any, *, speaking: bool) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _said(value, speaking=key in _SPOKEN_KEYS)
    elif isinstance(node, list):
        for value in node:
            yield from _said(value, speaking=speaking)
    elif isinstance(node, str) and speaking:
        yield node


def _chinese(text: str) -> bool:
    return any("一" <= char <= "鿿" for char in text)


def split(line: str, vocabulary: set[str]) -> tuple[str, ...]:
    """A written line as words: the longest known ones, else single characters; punctuation is a pause."""
    text = line.translate(_ALIKE)
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
