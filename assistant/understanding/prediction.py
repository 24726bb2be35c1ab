"""What a trained model says of an utterance, and the port that every runtime of such a model keeps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.dialogue.meaning import Act, Entity, IntentScore


@dataclass(frozen=True, slots=True)
class ActScore:
    """An act and the calibrated probability of it, 0 to 1."""

    act: Act
    confidence: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """A model's reading of one utterance, without its context.

    `intents` (at most ten) and `acts` are calibrated probabilities, best first. `in_scope` is the probability
    that the utterance is any of the trained intents other than `out_of_scope`. Entities carry offsets in code
    points of the utterance as it was given.
    """

    intents: tuple[IntentScore, ...]
    acts: tuple[ActScore, ...]
    in_scope: float
    entities: tuple[Entity, ...] = ()


class Predictor(Protocol):
    """A trained model on some runtime. Thread-safe; never raises on any text."""

    @property
    def fingerprint(self) -> str:
        """Which model this is: the hash in its card."""
        ...

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """One prediction per text, in order; the texts share one forward pass."""
        ...
