"""The CPU's runtime answers for any text, one or many, from any number of threads; nothing broken gets in."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.model.card import Card, ModelError, write_card
from assistant.understanding.prediction import Prediction
from assistant.understanding.serving.loading import open_runtime
from assistant.understanding.serving.runtime import Runtime
from tests.understanding.serving.tiny import tiny_model


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    parent = tmp_path_factory.mktemp("models")
    tiny_model(parent, "1")
    return open_runtime(parent / "1", device="cpu")


def best(prediction: Prediction) -> str:
    return prediction.intents[0].name


def test_reads_intents_acts_and_entities(runtime: Runtime) -> None:
    [prediction] = runtime.predict(["不吃药"])
    assert best(prediction) == "deny"
    assert prediction.acts[0].act == "answer"
    assert [(e.entity, e.value, e.start, e.end) for e in prediction.entities] == [("medicine", "药", 2, 3)]


def test_many_texts_of_all_lengths_keep_their_order(runtime: Runtime) -> None:
    texts = [text * repeats for repeats in (1, 40, 3) for text in ("是", "不", "谢")] * 20
    expected = ["affirm", "deny", "thanks"] * 60
    assert [best(prediction) for prediction in runtime.predict(texts)] == expected


def test_a_text_is_read_alike_alone_and_among_others(runtime: Runtime) -> None:
    texts = ["是", "不吃药不吃药不吃药", "谢谢", ""]
    alone = [runtime.predict([text])[0] for text in texts]
    for one, other in zip(alone, runtime.predict(texts), strict=True):
        assert best(one) == best(other)
        assert one.entities == other.entities
        assert one.in_scope == pytest.approx(other.in_scope, abs=1e-5)


def test_no_texts_are_no_predictions(runtime: Runtime) -> None:
    assert runtime.predict([]) == []


@given(st.text(st.characters(), max_size=300))
def test_never_fails_on_any_text(runtime: Runtime, text: str) -> None:
    [prediction] = runtime.predict([text])
    assert 0 <= prediction.in_scope <= 1
    for entity in prediction.entities:
        assert 0 <= entity.start < entity.end <= len(text)
        assert entity.value == text[entity.start : entity.end]


def test_threads_share_a_runtime(runtime: Runtime) -> None:
    expected = {"是": "affirm", "不": "deny", "谢": "thanks"}
    with ThreadPoolExecutor(4) as threads:
        texts = list(expected) * 100
        answers = list(threads.map(lambda text: best(runtime.predict([text])[0]), texts))
    assert answers == [expected[text] for text in texts]


def test_the_fingerprint_is_that_of_the_card(runtime: Runtime) -> None:
    assert runtime.fingerprint == runtime.card.fingerprint != ""


def sealed(folder: Path, **changes: object) -> Card:
    """Change the card and make it consistent again, as a faulty training would leave it."""
    card = json.loads((folder / "card.json").read_text())
    return write_card(folder, Card.model_validate({**card, **changes}))


def test_a_graph_that_is_none_is_refused(tiny_folder: Path) -> None:
    (tiny_folder / "encoder.int8.onnx").write_bytes(b"no graph")
    sealed(tiny_folder)
    with pytest.raises(ModelError, match=r"encoder\.int8\.onnx: ONNX Runtime .* does not load it"):
        open_runtime(tiny_folder, device="cpu")


def test_a_folder_without_a_graph_is_refused(tiny_folder: Path) -> None:
    (tiny_folder / "encoder.int8.onnx").unlink()
    sealed(tiny_folder)
    with pytest.raises(ModelError, match=r"encoder\.int8\.onnx"):
        open_runtime(tiny_folder, device="cpu")


def test_a_vocabulary_that_does_not_load_is_refused(tiny_folder: Path) -> None:
    (tiny_folder / "tokenizer.model").write_bytes(b"no pieces")
    sealed(tiny_folder)
    with pytest.raises(ModelError, match="vocabulary does not load"):
        open_runtime(tiny_folder, device="cpu")


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ({"intents": ["affirm", "deny"]}, "scores 3 intents, but its card names 2"),
        ({"intents": ["affirm", "deny", "thanks", "greeting"]}, "scores 3 intents, but its card names 4"),
        ({"entities": ["medicine"]}, "scores 2 types, but its card names 1"),
    ],
)
def test_a_card_of_another_graph_is_refused(
    tiny_folder: Path, labels: dict[str, list[str]], message: str
) -> None:
    named = json.loads((tiny_folder / "card.json").read_text())["labels"]
    sealed(tiny_folder, labels={**named, **labels})
    with pytest.raises(ModelError, match=message):
        open_runtime(tiny_folder, device="cpu")


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_outputs_that_are_no_probabilities_are_refused(tmp_path: Path) -> None:
    tiny_model(tmp_path, "1", strength=float("nan"))
    with pytest.raises(ModelError, match="model 1: gives no probabilities on cpu"):
        open_runtime(tmp_path / "1", device="cpu")
