"""The throughput benchmark measures what it says, and names what it cannot know."""

import argparse
import io
import json
from dataclasses import asdict
from pathlib import Path

import pytest
from rich.console import Console

from assistant.understanding.model.card import read_card
from assistant.understanding.serving.loading import open_runtime
from benchmarks.understanding.peaks import Peak, card_peak, measured_core_peak
from benchmarks.understanding.throughput import (
    Report,
    Row,
    forward_passes,
    measure,
    per_second,
    report,
    sample,
    table,
)
from tests.understanding.serving.tiny import tiny_model

TEXTS = [
    f"{text}{number}" for text in ("是啊", "不吃药", "谢谢您", "高压一百四，低压九十") for number in range(10)
]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    tiny_model(tmp_path, "1")
    return tmp_path / "1"


def test_every_batch_size_has_a_row_and_is_compared_with_one_at_a_time(tiny: Path) -> None:
    runtime = open_runtime(tiny, device="cpu")
    rows = measure(runtime, TEXTS[:20], (1, 4, 16), seconds=0.0)
    assert [row.batch for row in rows] == [1, 4, 16]
    assert rows[0].gain == 1.0
    assert all(row.on_device > 0 and row.end_to_end > 0 for row in rows)


def test_the_runtime_is_given_batches_of_the_size_measured(tiny: Path) -> None:
    runtime = open_runtime(tiny, device="cpu")
    sizes: list[int] = []
    forward = runtime.forward

    def counting(arrays):  # type: ignore[no-untyped-def]
        sizes.append(len(arrays["pieces"]))
        return forward(arrays)

    runtime.forward = counting  # type: ignore[method-assign]
    measure(runtime, TEXTS[:10], (4,), seconds=0.0)
    assert set(sizes) == {4, 2}


def test_inputs_are_put_on_the_device_beforehand_where_the_runtime_can(small_model: Path) -> None:
    torch_runtime = pytest.importorskip("assistant.understanding.serving.torch_runtime", exc_type=ImportError)
    runtime = torch_runtime.TorchRuntime.load(small_model, read_card(small_model))
    rows = measure(runtime, TEXTS, (8,), seconds=0.0)
    assert rows[0].on_device > 0
    staged = forward_passes(runtime, TEXTS)
    runtime.featuriser = None
    staged()  # needs no text any more


def test_a_pass_to_warm_up_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("time.perf_counter", lambda: clock[0])

    def work() -> None:
        clock[0] += 5.0 if clock[0] == 0.0 else 0.5

    assert per_second(work, 7, seconds=2.0) == 7 / 0.5


def test_the_sample_is_the_same_every_time_and_as_large_as_wished() -> None:
    assert sample(TEXTS, 30) == sample(TEXTS, 30)
    assert len(set(sample(TEXTS, 30))) == 30
    assert len(sample(TEXTS, 1000)) == 1000


def test_a_model_trained_by_us_is_reported_with_its_share_of_the_peak(small_model: Path) -> None:
    options = argparse.Namespace(device="cpu", batches=(1, 8), seconds=0.0)
    found = report(small_model, read_card(small_model), TEXTS, options)
    assert found.operations_per_utterance is not None and found.operations_per_utterance > 1e5
    assert all(row.share is not None and 0 < row.share < 1 for row in found.rows)
    assert json.loads(json.dumps(asdict(found)))["rows"][1]["batch"] == 8


def test_the_table_leaves_out_what_is_not_known() -> None:
    found = Report("a card", "TorchRuntime", "m 1", 1, 3.0, None, None, ["why"], [Row(8, 1234.5, 99.4)])
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(table(found))
    [line] = [line for line in console.export_text().splitlines() if "1,23" in line]
    assert [cell.strip() for cell in line.strip("│ ").split("│")] == ["8", "1,234", "99", "-", "-"]


@pytest.mark.parametrize(
    ("name", "tera"),
    [
        ("NVIDIA H200", 989.4),
        ("NVIDIA H100 80GB HBM3", 989.4),
        ("NVIDIA H100 PCIe", 756),
        ("NVIDIA A100-SXM4-80GB", 312),
        ("NVIDIA L40S", 362),
        ("NVIDIA L4", 121),
        ("NVIDIA A10G", 70),
    ],
)
def test_cards_have_the_peak_of_their_data_sheet(name: str, tera: float) -> None:
    peak = card_peak(name)
    assert peak is not None and peak.per_second == tera * 1e12


def test_an_unlisted_card_has_no_peak() -> None:
    assert card_peak("Some Other Card") is None


def test_the_peak_of_a_core_is_measured() -> None:
    peak = measured_core_peak(seconds=0.0)
    assert isinstance(peak, Peak)
    assert 1e9 < peak.per_second < 1e14
