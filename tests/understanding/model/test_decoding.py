import itertools

import numpy as np
import pytest

from assistant.understanding.model.card import Calibration, Card, DataFacts, InScope, Labels
from assistant.understanding.model.decoding import (
    BOUNDARIES,
    allowed_transitions,
    best_paths,
    decode,
    log_softmax,
)

TEXT = "挂内科的号"


def card(**changes):
    labels = Labels(
        intents=["book", "out_of_scope"], acts=["answer", "off_topic"], entities=["department", "time"]
    )
    fields = {
        "name": "tiny",
        "version": "1",
        "labels": labels,
        "acts_of_intents": {"book": "answer", "out_of_scope": "off_topic"},
        "data": DataFacts(hash="00", examples=2),
        "seed": 1,
    }
    return Card(**(fields | changes))


def outputs(path="OBEOO", kind=0, intents=(2.0, 0.0)):
    """Scores that speak for these boundaries of TEXT, between the marks."""
    boundaries = np.zeros((1, len(TEXT) + 2, len(BOUNDARIES)), np.float32)
    for at, letter in enumerate(path, start=1):
        boundaries[0, at, BOUNDARIES.index(letter)] = 5.0
    types = np.zeros((1, len(TEXT) + 2, 2), np.float32)
    types[0, :, kind] = 3.0
    return {
        "intents": np.array([intents], np.float32),
        "coverage": np.array([1.0], np.float32),
        "boundaries": boundaries,
        "types": types,
    }


def test_an_entity_has_offsets_in_the_text():
    (prediction,) = decode(outputs(), [TEXT], card())
    (entity,) = prediction.entities
    assert (entity.entity, entity.start, entity.end, entity.value) == ("department", 1, 3, "内科")
    assert 0.5 < entity.confidence < 1


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("OOOOO", []),
        ("SOOOO", ["挂"]),
        ("SSOOO", ["挂", "内"]),
        ("BIIIE", ["挂内科的号"]),
        ("BEOBE", ["挂内", "的号"]),
        ("OIEOO", ["内科"]),  # no legal path begins inside: the nearest begins there
        ("OOOBE", ["的号"]),
    ],
)
def test_only_legal_spans_come_out(path, values):
    (prediction,) = decode(outputs(path), [TEXT], card())
    assert [entity.value for entity in prediction.entities] == values


def test_viterbi_finds_what_trying_every_path_finds():
    rng = np.random.default_rng(5)
    scores = log_softmax(rng.normal(size=(1, 4, len(BOUNDARIES))))
    allowed = allowed_transitions()
    legal_first, legal_last = {"O", "B", "S"}, {"O", "E", "S"}
    best, found = -np.inf, None
    for path in np.ndindex(*[len(BOUNDARIES)] * 4):
        total = sum(scores[0, at, label] for at, label in enumerate(path))
        total += sum(allowed[before, after] for before, after in itertools.pairwise(path))
        legal = BOUNDARIES[path[0]] in legal_first and BOUNDARIES[path[-1]] in legal_last
        if legal and total > best:
            best, found = total, path
    assert tuple(best_paths(scores, allowed)[0]) == found


def test_temperature_softens_and_keeps_the_order():
    (sharp,) = decode(outputs(), [TEXT], card())
    (soft,) = decode(outputs(), [TEXT], card(calibration=Calibration(temperature=4.0)))
    assert [score.name for score in sharp.intents] == [score.name for score in soft.intents]
    assert soft.intents[0].confidence < sharp.intents[0].confidence
    assert sum(score.confidence for score in soft.intents) == pytest.approx(1)


def test_acts_follow_from_intents_where_there_is_no_head():
    (prediction,) = decode(outputs(), [TEXT], card())
    assert [act.act for act in prediction.acts] == ["answer", "off_topic"]
    assert prediction.acts[0].confidence == pytest.approx(prediction.intents[0].confidence)


def test_acts_come_from_their_head_where_there_is_one():
    scores = outputs() | {"acts": np.array([[0.0, 4.0]], np.float32)}
    (prediction,) = decode(scores, [TEXT], card())
    assert prediction.acts[0].act == "off_topic"


def test_in_scope_falls_with_the_evidence_for_out_of_scope():
    calibration = Calibration(
        in_scope=InScope(weights={"margin": 1.0, "coverage": 0.5}, bias=0.0, threshold=0.5)
    )
    inside, outside = (
        decode(outputs(intents=logits), [TEXT], card(calibration=calibration))[0].in_scope
        for logits in [(3.0, 0.0), (0.0, 3.0)]
    )
    assert outside < 0.5 < inside


def test_nothing_to_decode_is_nothing():
    empty = {name: values[:0] for name, values in outputs().items()}
    assert decode(empty, [], card()) == []
