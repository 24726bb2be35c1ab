"""A small sentence grammar: text with choices and insertions, written by people, that yields sentences.

    血压 [是|] {sys} , {dia_word} {int:60-110}

`[a|b|]` chooses one part, `{name}` inserts one of the phrases called `name`, `{int:60-110}` and its kin
insert spoken numbers. Spaces separate words; `,` is a pause.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from voice.training import spoken_numbers as numbers

PAUSE = ","


class GrammarError(ValueError):
    """The sentence file is wrong. The message names the place."""


@dataclass(frozen=True)
class Topic:
    name: str
    share: float
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Grammar:
    phrases: Mapping[str, Sequence[str]]
    topics: tuple[Topic, ...]

    @classmethod
    def parse(cls, source: Mapping[str, Any], more: Mapping[str, Sequence[str]]) -> "Grammar":
        """Checks a sentence file's content. `more` are phrases from elsewhere that its sentences name."""
        topics = tuple(Topic(name, float(t["share"]), tuple(t["of"])) for name, t in source["topics"].items())
        grammar = cls({**source["phrases"], **more}, topics)
        for topic in topics:
            for sentence in topic.sentences:
                try:
                    grammar.expand(sentence, Random(0))
                except (GrammarError, ValueError) as error:
                    raise GrammarError(f"topic {topic.name}: {sentence!r}: {error}") from error
        return grammar

    def sentence(self, random: Random) -> list[str]:
        """One sentence at random as words and pauses, never empty."""
        weights = [topic.share for topic in self.topics]
        while True:
            topic = random.choices(self.topics, weights)[0]
            words = self.expand(random.choice(topic.sentences), random)
            if any(word != PAUSE for word in words):
                return words

    def expand(self, text: str, random: Random) -> list[str]:
        """Resolves all choices and insertions of `text` and splits it into words."""
        out: list[str] = []
        rest = text
        while rest:
            opening = min((rest.find(c) for c in "[{" if c in rest), default=-1)
            if opening < 0:
                out.append(rest)
                break
            out.append(rest[:opening])
            closing = _closing(rest, opening)
            inside = rest[opening + 1 : closing]
            if rest[opening] == "[":
                out.append(" ".join(self.expand(random.choice(_alternatives(inside)), random)))
            else:
                out.append(f" {self._insertion(inside, random)} ")
            rest = rest[closing + 1 :]
        return _trim_pauses("".join(out).split())

    def _insertion(self, inside: str, random: Random) -> str:
        name, _, argument = inside.partition(":")
        if name in self.phrases:
            return " ".join(self.expand(random.choice(self.phrases[name]), random))
        return " ".join(_number(name, argument, random))

    def vocabulary(self) -> set[str]:
        """Every word that some sentence can contain."""
        texts = [
            *(s for t in self.topics for s in t.sentences),
            *(p for ps in self.phrases.values() for p in ps),
        ]
        words = set("零一二三四五六七八九十百千万点幺两半刻钟月号日")
        for text in texts:
            plain = "".join(" " if c in "[]|" else c for c in _without_insertions(text))
            words.update(word for word in plain.split() if word != PAUSE)
        return words


def _number(name: str, argument: str, random: Random) -> str:
    if name == "digits":
        return numbers.digit_by_digit("".join(random.choices("0123456789", k=int(argument))), random)
    if name == "clock":
        return numbers.clock(random)
    if name == "date":
        return numbers.date(random)
    if name not in ("int", "decimal", "year"):
        raise GrammarError(f"nothing is called {{{name}}}")
    low, high = (int(bound) for bound in argument.split("-"))
    if name == "int":
        return numbers.integer(random.randint(low, high), random)
    return numbers.decimal(low, high, random) if name == "decimal" else numbers.year(low, high, random)


def _closing(text: str, opening: int) -> int:
    depth = 0
    pair = {"[": "]", "{": "}"}[text[opening]]
    for index in range(opening, len(text)):
        depth += (text[index] == text[opening]) - (text[index] == pair)
        if depth == 0:
            return index
    raise GrammarError(f"{text[opening]} is not closed in {text!r}")


def _alternatives(text: str) -> list[str]:
    parts, depth = [""], 0
    for char in text:
        depth += (char in "[{") - (char in "]}")
        if char == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def _without_insertions(text: str) -> str:
    while "{" in text:
        opening = text.index("{")
        text = f"{text[:opening]} {text[_closing(text, opening) + 1 :]}"
    return text


def _trim_pauses(words: list[str]) -> list[str]:
    while words and words[0] == PAUSE:
        words = words[1:]
    while words and words[-1] == PAUSE:
        words = words[:-1]
    return words
