"""A small real model for these tests: says of a sentence what the most similar known sentence means."""

from collections.abc import Sequence

from assistant.dialogue.meaning import Act, Entity, IntentScore
from assistant.understanding.data.examples import Example
from assistant.understanding.prediction import ActScore, Prediction


class Nearest:
    """Similarity is the share of common characters; it is also the confidence."""

    fingerprint = "nearest"

    def __init__(self, known: Sequence[Example], acts: dict[str, str]) -> None:
        self.known = known
        self.acts = acts

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        return [self._predict(text) for text in texts]

    def _predict(self, text: str) -> Prediction:
        scored = [(_alike(text, example.text), example) for example in self.known]
        best: dict[str, float] = {}
        for score, example in scored:
            best[example.intent] = max(score, best.get(example.intent, 0.0))
        ranking = sorted(best.items(), key=lambda item: (-item[1], item[0]))
        _, nearest = max(scored, key=lambda pair: pair[0])
        words = [(nearest.text[one.start : one.end], one.entity) for one in nearest.annotations]
        return Prediction(
            intents=tuple(IntentScore(name=name, confidence=score) for name, score in ranking),
            acts=(ActScore(Act(self.acts[ranking[0][0]]), ranking[0][1]),) if self.acts else (),
            in_scope=ranking[0][1] if ranking[0][0] != "out_of_scope" else 1 - ranking[0][1],
            entities=tuple(
                Entity(entity=entity, value=word, start=text.index(word), end=text.index(word) + len(word))
                for word, entity in words
                if word in text
            ),
        )


def _alike(text: str, other: str) -> float:
    return len(set(text) & set(other)) / len(set(text) | set(other))
