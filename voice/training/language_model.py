"""An n-gram model of the generated sentences, as the arcs of a finite-state acceptor."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

BACKOFF = "#0"
UNKNOWN = "[unk]"
UNKNOWN_COST = 4.0
"""Nats for an out-of-vocabulary stretch wherever a word could stand."""
START, END = "<s>", "</s>"
DISCOUNT = 0.5
UNSEEN_COUNT = 0.5

History = tuple[str, ...]


@dataclass(frozen=True)
class Arc:
    """One arc from `source` to `target`; `word` None makes `source` final. `cost` is in nats."""

    source: History
    target: History
    word: str | None
    cost: float


class LanguageModel:
    """Absolute discounting with interpolation. Trigrams seen less than `cutoff` times are left out."""

    def __init__(
        self, sentences: Iterable[Sequence[str]], vocabulary: Iterable[str], *, order: int, cutoff: int
    ):
        self._words = sorted(vocabulary)
        self._counts: dict[History, Counter[str]] = defaultdict(Counter)
        for sentence in sentences:
            tokens = [START, *sentence, END]
            for end in range(1, len(tokens)):
                for length in range(min(order, end + 1)):
                    self._counts[tuple(tokens[end - length : end])][tokens[end]] += 1
        for word in self._words:
            self._counts[()][word] += UNSEEN_COUNT if word not in self._counts[()] else 0  # type: ignore[assignment]
        self._total = {history: sum(words.values()) for history, words in self._counts.items()}
        self._kept = {history: self._explicit(history, cutoff) for history in self._counts}

    def _explicit(self, history: History, cutoff: int) -> dict[str, float]:
        """The discounted probabilities of the words kept after `history`."""
        total = self._total[history]
        if not history:
            return {word: count / total for word, count in self._counts[()].items()}
        least = cutoff if len(history) >= 2 else 1
        return {w: (c - DISCOUNT) / total for w, c in self._counts[history].items() if c >= least}

    def probability(self, word: str, history: History) -> float:
        """P(word | history), 0 for a word that is not in the vocabulary."""
        if not history:
            return self._kept[()].get(word, 0.0)
        kept = self._kept.get(history)
        if not kept:
            return self.probability(word, history[1:])
        return kept.get(word, 0.0) + self._left_over(history) * self.probability(word, history[1:])

    def _left_over(self, history: History) -> float:
        return 1.0 - sum(self._kept[history].values())

    def arcs(self) -> Iterator[Arc]:
        """All arcs, those of the start state first."""
        states = {history for history, kept in self._kept.items() if kept}
        for history in sorted(states, key=lambda h: (h != (START,), h)):
            for word in sorted(self._kept[history]):
                cost = -math.log(self.probability(word, history))
                if word == END:
                    yield Arc(history, history, None, cost)
                else:
                    yield Arc(history, self._target((*history, word), states), word, cost)
            if history:
                yield Arc(
                    history, self._target(history[1:], states), BACKOFF, -math.log(self._left_over(history))
                )
            else:
                yield Arc((), (), UNKNOWN, UNKNOWN_COST)

    @staticmethod
    def _target(history: History, states: set[History]) -> History:
        while history not in states:
            history = history[1:]
        return history
