"""Utterances per second against batch size: `python -m benchmarks.understanding.throughput`, `--device cuda`.

Two figures for each batch size: the forward pass alone, with its tokenised inputs on the device already, and
end to end: strings in, predictions out. The texts are our own examples at their own lengths; texts of like
length share a batch, as they do whenever a runtime is given many. On the CPU all figures are of one core.
"""

import argparse
import importlib.util
import json
import platform
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from rich.console import Console
from rich.table import Table

from assistant.engines import model_store
from assistant.settings import load_settings
from assistant.understanding.data.examples import DataError, read_training_data
from assistant.understanding.lexicon import Lexicon
from assistant.understanding.model.card import Card, ModelError, read_card
from assistant.understanding.model.features import Arrays
from assistant.understanding.serving.loading import open_runtime
from assistant.understanding.serving.runtime import Runtime
from benchmarks.understanding.peaks import Peak, card_peak, measured_core_peak

HOME = Path(__file__).parents[2]
BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
TARGET = 300_000.0
"""Utterances a second on the device, for a card of the H200's class."""


FEWEST_TEXTS, FEWEST_BATCHES = 1024, 16


@runtime_checkable
class Staging(Protocol):
    """A runtime whose inputs can be put on the device beforehand: torch's."""

    def stage(self, arrays: Arrays) -> Any: ...

    def compute(self, inputs: Any) -> Any: ...

    def synchronise(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Row:
    """What one batch size reaches, in utterances per second.

    `share` is that of the device's peak which the forward pass alone reaches, with the operations that the
    texts need (padding not counted). `gain` is end to end against one text at a time.
    """

    batch: int
    on_device: float
    end_to_end: float
    share: float | None = None
    gain: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All rows, and what they were measured on and with. `notes` say what is missing, and why."""

    device: str
    runtime: str
    model: str
    texts: int
    mean_length: float
    operations_per_utterance: float | None
    peak: Peak | None
    notes: list[str]
    rows: list[Row]


def measure(runtime: Runtime, texts: Sequence[str], batches: Sequence[int], seconds: float) -> list[Row]:
    """A row for each batch size; each figure is the mean over at least `seconds`.

    Small batches are measured on fewer of the texts, or one pass over all of them would take minutes.
    """
    rows = []
    for batch in batches:
        runtime.longest_batch = batch
        some = texts[: max(FEWEST_TEXTS, FEWEST_BATCHES * batch)]
        on_device = per_second(forward_passes(runtime, some), len(some), seconds)
        end_to_end = per_second(partial(runtime.predict, some), len(some), seconds)
        rows.append(Row(batch, on_device, end_to_end))
    single = next((row.end_to_end for row in rows if row.batch == 1), None)
    if single is None:
        return rows
    return [replace(row, gain=row.end_to_end / single) for row in rows]


def forward_passes(runtime: Runtime, texts: Sequence[str]) -> Callable[[], None]:
    """The forward passes over all texts, their inputs tokenised and on the device already."""
    arrays = [runtime.featuriser([texts[row] for row in rows]) for rows in runtime.batches(texts)]
    if isinstance(runtime, Staging):
        return _staged(runtime, arrays)

    def forward() -> None:
        for one in arrays:
            runtime.forward(one)

    return forward


def _staged(runtime: "Staging", arrays: Sequence[Arrays]) -> Callable[[], None]:
    inputs = [runtime.stage(one) for one in arrays]

    def forward() -> None:
        for one in inputs:
            runtime.compute(one)
        runtime.synchronise()

    return forward


def per_second(work: Callable[[], object], utterances: int, seconds: float) -> float:
    """Utterances per second of `work`, which does `utterances` of them, after one run to warm up."""
    work()
    passes = 0
    began = time.perf_counter()
    while passes == 0 or time.perf_counter() - began < seconds:
        work()
        passes += 1
    return passes * utterances / (time.perf_counter() - began)


def report(folder: Path, card: Card, texts: Sequence[str], options: argparse.Namespace) -> Report:
    """Measure a model on a device. Raises ModelError where the device or the model is not to be had."""
    runtime = open_runtime(folder, card, options.device)
    notes: list[str] = []
    peak = _peak(runtime, notes)
    operations = _operations(folder, card, runtime, texts, notes)
    rows = measure(runtime, texts, options.batches, options.seconds)
    if operations is not None and peak is not None:
        rows = [replace(row, share=row.on_device * operations / peak.per_second) for row in rows]
    return Report(
        device=device_name(runtime),
        runtime=type(runtime).__name__,
        model=f"{card.name} {card.version} ({card.fingerprint[:12]})",
        texts=len(texts),
        mean_length=sum(map(len, texts)) / len(texts),
        operations_per_utterance=operations,
        peak=peak,
        notes=notes,
        rows=rows,
    )


def own_texts() -> list[str]:
    """The texts of our own examples. Raises DataError."""
    return [example.text for example in read_training_data(HOME / "nlu_data").examples]


def sample(texts: Sequence[str], count: int) -> list[str]:
    """So many of the texts, the same ones every time; some repeated where there are not enough."""
    rng = random.Random(0)
    return [*rng.sample(texts, min(count, len(texts))), *rng.choices(texts, k=max(0, count - len(texts)))]


def device_name(runtime: Runtime) -> str:
    """The graphics card, or the processor with the number of its cores."""
    if runtime.device == "cuda":
        import torch

        return str(torch.cuda.get_device_name())
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []:
        if line.startswith("model name"):
            return f"one core of {line.partition(':')[2].strip()}"
    return f"one core of {platform.processor() or platform.machine()}"


def _peak(runtime: Runtime, notes: list[str]) -> Peak | None:
    if runtime.device == "cuda":
        peak = card_peak(device_name(runtime))
        if peak is None:
            notes.append("no share of the peak: this card's data sheet is not listed in peaks.py")
        return peak
    peak = measured_core_peak()
    if peak is None:
        notes.append("no share of the peak: the onnx package, which builds the yardstick, is not installed")
    return peak


def _operations(
    folder: Path, card: Card, runtime: Runtime, texts: Sequence[str], notes: list[str]
) -> float | None:
    if importlib.util.find_spec("torch") is None:
        notes.append("operations not counted: torch is not installed")
        return None
    from benchmarks.understanding.operations import operations_per_utterance

    return operations_per_utterance(folder, card, runtime.featuriser, texts)


def table(found: Report) -> Table:
    """The rows as a table for people."""
    shown = Table(title=f"{found.model} on {found.device}, {found.runtime}", title_justify="left")
    for name in ("batch", "forward pass /s", "end to end /s", "share of peak", "against one at a time"):
        shown.add_column(name, justify="right")
    for row in found.rows:
        shown.add_row(
            str(row.batch),
            f"{row.on_device:,.0f}",
            f"{row.end_to_end:,.0f}",
            "-" if row.share is None else f"{row.share:.2%}",
            "-" if row.gain is None else f"{row.gain:.2f} x",
        )
    return shown


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.understanding.throughput", description=__doc__
    )
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--model", type=Path, help="a model folder (default: the active version)")
    parser.add_argument("--batches", type=_sizes, default=BATCHES, help="sizes, such as 1,8,64")
    parser.add_argument("--texts", type=int, help="how many (default 1024; on CUDA 16384)")
    parser.add_argument("--seconds", type=float, default=2.0, help="for each figure, at least (default 2)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(given)
    options.texts = options.texts or (16384 if options.device == "cuda" else 1024)
    return options


def _sizes(text: str) -> tuple[int, ...]:
    sizes = tuple(int(part) for part in text.split(","))
    if min(sizes) < 1:
        raise argparse.ArgumentTypeError("a batch has at least one text")
    return sizes


def main(given: Sequence[str] | None = None) -> int:
    """Measure and print; `given` are the arguments. Returns the exit code."""
    options = arguments(given)
    console = Console()
    try:
        folder = options.model or _active()
        texts = sample(own_texts(), options.texts)
        found = report(folder, read_card(folder), texts, options)
    except (DataError, ModelError) as error:
        Console(stderr=True).print(str(error), style="red", markup=False, soft_wrap=True)
        return 1
    if options.json:
        print(json.dumps(asdict(found), ensure_ascii=False, indent=1))
        return 0
    console.print(table(found))
    console.print(f"{found.texts} texts, {found.mean_length:.1f} characters on average.")
    if found.operations_per_utterance is not None:
        console.print(f"{found.operations_per_utterance / 1e6:.1f} million operations for an utterance.")
    if found.peak is not None:
        console.print(f"Peak {found.peak.per_second / 1e12:.3g} TOP/s ({found.peak.source}).")
    for note in found.notes:
        console.print(note)
    best = max(row.on_device for row in found.rows)
    if options.device == "cuda":
        verdict = "met" if best >= TARGET else "missed"
        console.print(f"Target of {TARGET:,.0f} a second on the device (H200 class): {verdict}, {best:,.0f}.")
    return 0


def _active() -> Path:
    settings = load_settings(home=HOME)
    store = model_store(settings, Lexicon.load(settings.content_home))
    return store.folder(store.active().version)


if __name__ == "__main__":
    raise SystemExit(main())
