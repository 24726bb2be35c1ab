"""All text that a model is made from: the sentence grammar, the content's lines, and foreign lines."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from ruamel.yaml import YAML

from voice.synthesisers.pinyin import spoken, syllables
from voice.training import pronunciation
from voice.training.content import lexicons, split, written_lines
from voice.training.dataset import held_out
from voice.training.evaluation import Utterance, utterance
from voice.training.grammar import PAUSE, Grammar

TEXT = Path(__file__).with_name("text")
LINE_SHARE = 0.05
"""Part of the sentences that are lines written by people elsewhere: see `voice.training.content`."""
RARE = 2
"""A sentence generated at most so often in the language model's text may be held out; commoner ones are fixed
phrases that the product must know."""


@dataclass(frozen=True)
class Corpus:
    """Seeded sources of sentences over one vocabulary."""

    grammar: Grammar
    lines: tuple[tuple[str, ...], ...]
    vocabulary: frozenset[str]

    @classmethod
    def read(cls, content: Path) -> "Corpus":
        """The shipped sentences, with the lines and the lexicons of a content folder (`nlu_data`)."""
        source = YAML(typ="safe").load(TEXT / "sentences.yml")
        grammar = Grammar.parse(source, lexicons(content, source["lexicon"]))
        known = grammar.vocabulary()
        lines = tuple(split(line, known) for line in written_lines(content))
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
        if self.lines and random.random() < LINE_SHARE:
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


def training_sentences(
    corpus: Corpus, counts: Counter[tuple[str, ...]], count: int, seed: int
) -> list[list[str]]:
    """`count` sentences to speak, none of them withheld."""
    random = Random(seed)
    sentences: list[list[str]] = []
    while len(sentences) < count:
        sentence = corpus.sentence(random)
        if not withheld(sentence, counts):
            sentences.append(sentence)
    return sentences


def unseen_utterances(
    corpus: Corpus, counts: Counter[tuple[str, ...]], count: int, seed: int
) -> list[Utterance]:
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
