"""Predictors whose answers and moments a test decides."""

import threading
from collections.abc import Sequence

from assistant.dialogue.meaning import Act, IntentScore
from assistant.understanding.prediction import ActScore, Prediction


def reading(name: str) -> Prediction:
    """A prediction that is recognised by the name of its intent."""
    return Prediction((IntentScore(name=name, confidence=1.0),), (ActScore(Act.ANSWER, 1.0),), 1.0)


class Echo:
    """Predicts the text itself as the intent, and remembers its batches."""

    def __init__(self, fingerprint: str = "echo") -> None:
        self.fingerprint = fingerprint
        self.batches: list[list[str]] = []

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        self.batches.append(list(texts))
        return [reading(f"{self.fingerprint}:{text}") for text in texts]


class Gated(Echo):
    """An echo that starts a batch and then waits until the gate opens."""

    def __init__(self, fingerprint: str = "echo") -> None:
        super().__init__(fingerprint)
        self.gate = threading.Event()
        self.entered = threading.Event()

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        self.entered.set()
        assert self.gate.wait(20), "the test forgot to open the gate"
        return super().predict(texts)


class Choking(Echo):
    """Fails on every batch that holds one of the words, or more than `most` texts."""

    def __init__(self, *words: str, most: int = 1000) -> None:
        super().__init__()
        self._words = words
        self._most = most

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        if len(texts) > self._most:
            raise MemoryError("too many at once")
        if any(word in text for word in self._words for text in texts):
            raise ValueError("choked")
        return super().predict(texts)
