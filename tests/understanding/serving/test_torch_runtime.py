"""The graphics card's runtime says what the CPU's says; here it runs on the CPU, with the same code."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the torch runtime needs the `train` extra")

from assistant.understanding.data.examples import read_training_data  # noqa: E402
from assistant.understanding.model.card import ModelError, read_card  # noqa: E402
from assistant.understanding.serving.agreement import Tolerances, compare  # noqa: E402
from assistant.understanding.serving.loading import open_runtime  # noqa: E402
from assistant.understanding.serving.torch_runtime import TorchRuntime, padded_shape  # noqa: E402
from tests.architecture.source import ROOT  # noqa: E402
from tests.understanding.conftest import SMALL_MODEL_INTENTS  # noqa: E402

HARDLY_TRAINED = Tolerances(entity_f1=0.9)
"""The small model wavers over many an entity, and rounding then decides."""


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Texts of intents that the small model knows, of all lengths, and some of none."""
    examples = read_training_data(ROOT / "nlu_data").examples
    known = [example.text for example in examples if example.intent in SMALL_MODEL_INTENTS]
    return [*known[::7][:200], "", "高压一百四" * 40, "a \ud800😀"]


def runtime(folder: Path, precision: object = None) -> TorchRuntime:
    return TorchRuntime.load(folder, read_card(folder), precision=precision)


def test_int8_on_the_cpu_and_the_weights_in_float32_agree(small_model: Path, texts: Sequence[str]) -> None:
    found = compare(open_runtime(small_model, device="cpu"), runtime(small_model), texts)
    assert found.problems(HARDLY_TRAINED) == []


def test_int8_on_the_cpu_and_bf16_agree(small_model: Path, texts: Sequence[str]) -> None:
    low = runtime(small_model, torch.bfloat16)
    assert {p.dtype for p in low._network.towers.parameters()} == {torch.bfloat16}
    assert {p.dtype for p in low._network.wide.parameters()} == {torch.float32}
    found = compare(open_runtime(small_model, device="cpu"), low, texts)
    assert found.problems(HARDLY_TRAINED) == []


def test_padding_changes_nothing(small_model: Path, texts: Sequence[str]) -> None:
    padding = runtime(small_model)
    arrays = padding.featuriser(texts[:5])
    outputs = padding.forward(arrays)
    bare = padding.compute(tuple(torch.from_numpy(arrays[name]) for name in ("ngrams", "pieces", "places")))
    assert outputs.keys() == bare.keys()
    for name, value in outputs.items():
        assert value.shape == bare[name].shape
        np.testing.assert_allclose(value, bare[name].numpy(), atol=1e-4)


def test_the_outputs_are_those_of_the_cpus_graph(small_model: Path, texts: Sequence[str]) -> None:
    cpu = open_runtime(small_model, device="cpu")
    arrays = cpu.featuriser(texts[:5])
    expected = {name: value.shape for name, value in cpu.forward(arrays).items()}
    found = {name: value.shape for name, value in runtime(small_model).forward(arrays).items()}
    assert found == expected


@pytest.mark.parametrize(
    ("shape", "padded"),
    [
        ((1, 2), (8, 16)),
        ((8, 16), (8, 16)),
        ((9, 17), (16, 24)),
        ((1000, 33), (1024, 48)),
        ((1024, 128), (1024, 128)),
        ((3, 97), (8, 128)),
    ],
)
def test_batches_are_padded_to_few_shapes(shape: tuple[int, int], padded: tuple[int, int]) -> None:
    assert padded_shape(*shape, positions=128) == padded


def test_nothing_is_padded_beyond_the_models_positions() -> None:
    assert padded_shape(8, 60, positions=62) == (8, 62)
    assert padded_shape(8, 2000, positions=2000) == (8, 2000)


def test_weights_that_do_not_load_are_refused(small_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "1"
    folder.mkdir()
    for path in small_model.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "weights.safetensors").write_bytes(b"no weights")
    with pytest.raises(ModelError, match=r"weights\.safetensors: does not load"):
        TorchRuntime.load(folder, read_card(small_model))


def test_weights_of_another_size_are_refused(small_model: Path) -> None:
    card = read_card(small_model)
    settings = {**card.pipeline["settings"], "width": 64}
    other = card.model_copy(update={"pipeline": {**card.pipeline, "settings": settings}})
    with pytest.raises(ModelError, match=r"weights\.safetensors: does not load") as refusal:
        TorchRuntime.load(small_model, other)
    assert "\n" not in str(refusal.value)


def test_a_card_without_its_pipeline_is_refused(small_model: Path) -> None:
    bare = read_card(small_model).model_copy(update={"pipeline": {}})
    with pytest.raises(ModelError, match="its card does not fit its weights"):
        TorchRuntime.load(small_model, bare)
