import json

import pytest

from assistant.understanding.model.card import (
    CARD_FILE,
    Card,
    DataFacts,
    Labels,
    ModelError,
    read_card,
    write_card,
)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "encoder.int8.onnx").write_bytes(b"graph")
    card = Card(
        name="tiny",
        version="1",
        labels=Labels(intents=["affirm", "deny"]),
        data=DataFacts(hash="00", examples=2),
        seed=1,
    )
    write_card(tmp_path, card)
    return tmp_path


def test_a_card_is_read_as_it_was_written(folder):
    card = read_card(folder)
    assert card.labels.intents == ["affirm", "deny"]
    assert list(card.files) == ["encoder.int8.onnx"]
    assert len(card.fingerprint) == 64


def test_the_fingerprint_follows_what_decides_the_answers(folder):
    card = read_card(folder)
    renamed = write_card(folder, card.model_copy(update={"version": "2", "metrics": {"accuracy": 0.9}}))
    assert renamed.fingerprint == card.fingerprint
    (folder / "encoder.int8.onnx").write_bytes(b"another graph")
    assert write_card(folder, card).fingerprint != card.fingerprint


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda folder: (folder / CARD_FILE).unlink(), "no card.json"),
        (lambda folder: (folder / CARD_FILE).write_text("{"), "cannot be read"),
        (lambda folder: (folder / CARD_FILE).write_text('{"format": 99}'), "format 99"),
        (lambda folder: (folder / CARD_FILE).write_text('{"format": 1}'), "Field required"),
        (lambda folder: (folder / "encoder.int8.onnx").write_bytes(b"bits"), "its hash differs"),
        (lambda folder: (folder / "encoder.int8.onnx").unlink(), "missing"),
        (lambda folder: _edit(folder, labels={"intents": ["deny", "affirm"]}), "edited or damaged"),
    ],
)
def test_a_damaged_folder_is_refused_by_name(folder, damage, message):
    damage(folder)
    with pytest.raises(ModelError, match=message) as refused:
        read_card(folder)
    assert str(folder) in str(refused.value)


def _edit(folder, **changes):
    path = folder / CARD_FILE
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
