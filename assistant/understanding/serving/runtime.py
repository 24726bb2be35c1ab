"""What every runtime of a model does alike: texts to arrays, a forward pass, outputs to predictions."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from assistant.understanding.model.card import Card, ModelError
from assistant.understanding.model.decoding import decode
from assistant.understanding.model.features import Arrays, Featuriser
from assistant.understanding.prediction import Prediction

Device = Literal["cpu", "cuda"]
Outputs = dict[str, NDArray[np.floating[Any]]]

TRIAL_TEXTS = ("", "高压一百四，低压九十。", "您说什么？听不清", "a1 😀 \ud800")
"""Texts of every awkward sort: a model that fails on one of them is not put into service."""


class Runtime(ABC):
    """A trained model on some device; keeps the `Predictor` port. Thread-safe."""

    device: Device
    longest_batch: int
    """Texts in one forward pass at most; more are computed in several."""

    def __init__(self, card: Card, featuriser: Featuriser) -> None:
        self.card = card
        self.featuriser = featuriser

    @property
    def fingerprint(self) -> str:
        """The hash in the model's card."""
        return self.card.fingerprint

    @abstractmethod
    def forward(self, arrays: Arrays) -> Outputs:
        """The network's raw outputs for the featuriser's arrays, as `decoding.decode` takes them."""

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """One prediction per text, in order. Texts of like length share a forward pass."""
        predictions: dict[int, Prediction] = {}
        for rows in self.batches(texts):
            chosen = [texts[row] for row in rows]
            found = decode(self.forward(self.featuriser(chosen)), chosen, self.card)
            predictions.update(zip(rows, found, strict=True))
        return [predictions[row] for row in range(len(texts))]

    def try_out(self) -> None:
        """Predict once, which also warms the runtime up. Raises ModelError when the answer is no answer."""
        try:
            outputs = self.forward(self.featuriser(TRIAL_TEXTS))
            self._check_columns(outputs)
            predictions = self.predict(TRIAL_TEXTS)
        except ModelError:
            raise
        except Exception as error:
            raise self._unusable(f"does not run on {self.device} ({type(error).__name__})") from error
        for prediction in predictions:
            scores = [intent.confidence for intent in prediction.intents]
            scores += [act.confidence for act in prediction.acts]
            if not scores or not all(0 <= score <= 1 for score in (*scores, prediction.in_scope)):
                raise self._unusable(f"gives no probabilities on {self.device}")

    def _check_columns(self, outputs: Outputs) -> None:
        labels = self.card.labels
        named = {"intents": labels.intents, "acts": labels.acts, "types": labels.entities}
        for output, names in named.items():
            if output in outputs and outputs[output].shape[-1] != len(names):
                raise self._unusable(
                    f"scores {outputs[output].shape[-1]} {output}, but its card names {len(names)}"
                )

    def _unusable(self, what: str) -> ModelError:
        return ModelError(f"model {self.card.version}: {what}; train it again or activate another")

    def batches(self, texts: Sequence[str]) -> Iterator[list[int]]:
        """Rows of texts for each forward pass, the shorter texts first so that little is padding."""
        order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
        for start in range(0, len(order), self.longest_batch):
            yield order[start : start + self.longest_batch]
