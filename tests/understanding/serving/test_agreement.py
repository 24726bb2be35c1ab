"""Two runtimes of one model are compared in what they say, with room for what rounding may change."""

from collections.abc import Mapping, Sequence

import pytest

from assistant.dialogue.meaning import Act, Entity, IntentScore
from assistant.understanding.prediction import ActScore, Prediction
from assistant.understanding.serving.agreement import Agreement, Tolerances, compare


def prediction(
    intents: Mapping[str, float],
    acts: Mapping[Act, float] | None = None,
    in_scope: float = 1.0,
    entities: Sequence[tuple[str, int, int]] = (),
) -> Prediction:
    ranked = sorted(intents.items(), key=lambda item: -item[1])
    return Prediction(
        tuple(IntentScore(name=name, confidence=confidence) for name, confidence in ranked),
        tuple(ActScore(*item) for item in sorted((acts or {}).items(), key=lambda item: -item[1])),
        in_scope,
        tuple(Entity(entity=kind, value="", start=start, end=end) for kind, start, end in entities),
    )


class Scripted:
    fingerprint = "scripted"

    def __init__(self, *predictions: Prediction) -> None:
        self._predictions = predictions

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        return list(self._predictions)


def comparison(first: Sequence[Prediction], second: Sequence[Prediction]) -> Agreement:
    return compare(Scripted(*first), Scripted(*second), ["…"] * len(first))


SURE = prediction({"affirm": 0.9, "deny": 0.1}, {Act.ANSWER: 1.0}, entities=[("medicine", 0, 3)])


def test_a_model_agrees_with_itself() -> None:
    found = comparison([SURE, SURE], [SURE, SURE])
    assert found == Agreement(2, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, ())
    assert found.problems(Tolerances()) == []


@pytest.mark.parametrize(
    ("other", "difference"),
    [
        (prediction({"affirm": 0.7, "deny": 0.3}, {Act.ANSWER: 1.0}), 0.2),
        (prediction({"affirm": 0.9, "deny": 0.1}, {Act.ANSWER: 0.6, Act.REFUSE: 0.4}), 0.4),
        (prediction({"affirm": 0.9, "deny": 0.1}, {Act.ANSWER: 1.0}, in_scope=0.5), 0.5),
        (prediction({"thanks": 0.6, "deny": 0.4}, {Act.ANSWER: 1.0}), 0.5),
    ],
    ids=["intent", "act", "in scope", "an intent that the other ranks nowhere"],
)
def test_the_largest_difference_of_any_probability_counts(other: Prediction, difference: float) -> None:
    found = comparison([SURE, SURE], [SURE, other])
    assert found.largest_difference == pytest.approx(difference)
    assert found.mean_difference == pytest.approx(difference / 2)


def test_another_best_intent_is_a_disagreement() -> None:
    found = comparison([SURE, SURE], [SURE, prediction({"deny": 0.8, "affirm": 0.2}, {Act.ANSWER: 1.0})])
    assert (found.same_intent, found.same_intent_or_tie) == (0.5, 0.5)
    assert [one.index for one in found.disagreements] == [1]
    assert any("same intent 0.5000, at least" in problem for problem in found.problems(Tolerances()))


def test_a_near_tie_may_be_decided_either_way() -> None:
    one = prediction({"affirm": 0.51, "deny": 0.49}, {Act.ANSWER: 1.0})
    other = prediction({"deny": 0.51, "affirm": 0.49}, {Act.ANSWER: 1.0})
    found = comparison([one], [other])
    assert (found.same_intent, found.same_intent_or_tie) == (0.0, 1.0)
    assert len(found.disagreements) == 1, "it is shown all the same"


def test_a_near_tie_of_acts_counts_for_acts_alone() -> None:
    one = prediction({"affirm": 0.9}, {Act.ANSWER: 0.51, Act.REFUSE: 0.49})
    other = prediction({"affirm": 0.9}, {Act.REFUSE: 0.51, Act.ANSWER: 0.49})
    sure = prediction({"affirm": 0.9}, {Act.REFUSE: 0.6, Act.ANSWER: 0.4})
    found = comparison([one, one], [other, sure])
    assert (found.same_act, found.same_act_or_tie) == (0.0, 0.5)


def test_entities_are_compared_by_span_and_kind() -> None:
    shifted = prediction({"affirm": 0.9}, {Act.ANSWER: 1.0}, entities=[("medicine", 1, 3)])
    renamed = prediction({"affirm": 0.9}, {Act.ANSWER: 1.0}, entities=[("symptom", 0, 3)])
    found = comparison([SURE, SURE, SURE, SURE], [SURE, SURE, shifted, renamed])
    assert found.entity_f1 == pytest.approx(0.5)
    assert [one.index for one in found.disagreements] == [2, 3]


def test_without_texts_there_is_nothing_to_say() -> None:
    with pytest.raises(ValueError, match="no text"):
        comparison([], [])
