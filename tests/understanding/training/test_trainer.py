import dataclasses
import json

import numpy as np
import onnxruntime
import pytest
import torch

from assistant.understanding.data.example import Example
from assistant.understanding.model.card import CARD_FILE, ONNX_FILE, WEIGHTS_FILE, ModelError, read_card
from assistant.understanding.model.decoding import decode
from assistant.understanding.model.features import Featuriser
from assistant.understanding.network.network import INPUTS, output_names
from assistant.understanding.network.weights import load_network
from assistant.understanding.training.trainer import train
from tests.understanding.tiny_encoder import ACTS, tiny


def predict(folder, texts):
    card = read_card(folder)
    session = onnxruntime.InferenceSession(str(folder / ONNX_FILE))
    names = [output.name for output in session.get_outputs()]
    values = session.run(None, Featuriser.load(folder)(texts))
    return decode(dict(zip(names, values, strict=True)), texts, card)


@pytest.mark.parametrize(
    ("text", "intent", "entity", "value"),
    [
        ("我想挂眼科的号", "book_appointment", "department", "眼科"),
        ("钙片怎么吃", "ask_medicine", "medicine", "钙片"),
        ("拜拜大夫", "goodbye", None, None),
    ],
)
def test_what_was_learned_is_recognised(trained, text, intent, entity, value):
    (prediction,) = predict(trained, [text])
    assert prediction.intents[0].name == intent
    assert [(e.entity, e.value) for e in prediction.entities] == ([(entity, value)] if entity else [])
    assert prediction.acts[0].act == ACTS[intent]


def test_out_of_scope_is_told_from_scope(trained):
    inside, outside = predict(trained, ["我想挂内科的号", "明天天气好不好"])
    assert outside.in_scope < inside.in_scope


@pytest.mark.parametrize("text", ["", " ", "\ud800\x00", "龘" * 3000, "𠀀𠀁"])
def test_no_text_breaks_it(trained, text):
    (prediction,) = predict(trained, [text])
    assert sum(score.confidence for score in prediction.intents) == pytest.approx(1, abs=1e-4)


def test_a_prediction_does_not_hang_on_the_rest_of_the_batch(trained):
    text = "二甲双胍一天吃几片"
    (alone,) = predict(trained, [text])
    together = predict(trained, [text, "给我挂个中医科吧帮我约一下中医科谢谢了"])[0]
    assert together.intents[0].name == alone.intents[0].name
    assert together.intents[0].confidence == pytest.approx(alone.intents[0].confidence, abs=0.05)


def test_torch_and_int8_agree(trained, examples):
    card = read_card(trained)
    network = load_network(trained, card)
    inputs = Featuriser.load(trained)([example.text for example in examples])
    with torch.no_grad():
        exact = network(*[torch.from_numpy(inputs[name]) for name in INPUTS])
    quantised = onnxruntime.InferenceSession(str(trained / ONNX_FILE)).run(None, inputs)
    assert output_names(card.labels, act_head=False) == ["intents", "coverage", "boundaries", "types"]
    best = exact[0].numpy().argmax(axis=1)
    assert np.mean(best == quantised[0].argmax(axis=1)) > 0.97


def test_the_same_seed_gives_the_same_model(examples, tmp_path):
    settings = tiny(epochs=1, towers=1)
    first, second = (train(examples, tmp_path / name, settings, seed=7) for name in "ab")
    assert first.fingerprint == second.fingerprint


def test_the_card_tells_how_the_model_came_about(trained, examples):
    card = read_card(trained)
    assert card.data.examples == len(examples)
    assert card.pipeline["settings"]["width"] == 32
    assert card.metrics["accuracy"] > 0.5
    assert 0 <= card.calibration.in_scope.threshold <= 1


def test_acts_of_single_examples_get_a_head(examples, tmp_path):
    labelled = [dataclasses.replace(example, act=ACTS[example.intent]) for example in examples]
    settings = tiny(towers=1)
    train(labelled, tmp_path / "acts", settings, seed=1)
    (prediction,) = predict(tmp_path / "acts", ["阿司匹林怎么吃"])
    assert prediction.acts[0].act == "question_back"


def test_intents_alone_are_enough(examples, tmp_path):
    bare = [Example(text=example.text, intent=example.intent) for example in examples]
    settings = tiny(epochs=1, towers=1)
    card = train(bare, tmp_path / "bare", settings)
    assert card.labels.entities == card.labels.acts == []
    assert predict(tmp_path / "bare", ["再见"])[0].entities == ()


def test_one_intent_or_a_taken_folder_is_refused(examples, tmp_path):
    with pytest.raises(ValueError, match="at least two intents"):
        train(examples[:5], tmp_path / "one")
    with pytest.raises(FileExistsError):
        train(examples, tmp_path)


def test_weights_of_another_model_are_refused(trained, tmp_path):
    for file in trained.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    card = json.loads((trained / CARD_FILE).read_text())
    (tmp_path / WEIGHTS_FILE).write_bytes(b"not weights")
    with pytest.raises(ModelError, match="does not load"):
        load_network(tmp_path, read_card(trained).model_validate(card))
