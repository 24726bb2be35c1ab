"""The table of accuracies: every engine on every set, the spread across folds, and how far apart they are."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import mean, stdev
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from assistant.understanding.evaluation.metrics import mcnemar
from benchmarks.understanding.outcome import Outcome

MIB = 1024 * 1024

Measured = Mapping[str, Mapping[str, Sequence[Outcome]]]
"""Outcomes by set and engine, by fold."""


def render(measured: Measured, titles: Mapping[str, str], engines: Mapping[str, str]) -> RenderableType:
    """The table with its notes. `titles` and `engines` name the sets and engines in print."""
    table = Table(title="Understanding: accuracy on the same splits", title_justify="left", show_lines=False)
    table.add_column("set")
    table.add_column("engine")
    for name in (
        "accuracy",
        "macro-F1",
        "entity F1",
        "all right",
        "train s",
        "CPU s",
        "peak MiB",
        "model MiB",
    ):
        table.add_column(name, justify="right")
    for set_name, by_engine in measured.items():
        for engine, outcomes in by_engine.items():
            table.add_row(titles[set_name], engines[engine], *_figures(outcomes))
        table.add_section()
    return Group(table, *(Text(note) for note in notes(measured, titles, engines)))


def _figures(outcomes: Sequence[Outcome]) -> list[str]:
    if not outcomes:
        return ["–"] * 8
    f1 = [one.entity_f1 for one in outcomes if one.entity_f1 is not None]
    reads_entities = any(one.spans[1] for one in outcomes)
    return [
        spread([one.accuracy for one in outcomes]),
        spread([one.macro_f1 for one in outcomes]),
        spread(f1) if f1 and reads_entities else "–",
        spread([one.both_right for one in outcomes]) if f1 and reads_entities else "–",
        f"{mean(one.seconds for one in outcomes):,.0f}",
        f"{mean(one.cpu_seconds for one in outcomes):,.0f}",
        f"{max(one.peak_bytes for one in outcomes) / MIB:,.0f}",
        f"{mean(one.model_bytes for one in outcomes) / MIB:.1f}",
    ]


def spread(shares: Sequence[float]) -> str:
    """The mean in percent and, of several folds, the standard deviation between them."""
    average = f"{100 * mean(shares):.2f}"
    return average if len(shares) < 2 else f"{average} ± {100 * stdev(shares):.2f}"


def notes(measured: Measured, titles: Mapping[str, str], engines: Mapping[str, str]) -> Iterable[str]:
    """What a reader needs beside the figures: sizes, pairs, settings, and what is not comparable."""
    for set_name, by_engine in measured.items():
        present = {engine: outcomes for engine, outcomes in by_engine.items() if outcomes}
        if not present:
            continue
        first = next(iter(present.values()))
        sizes = f"{first[0].train_examples:,} train / {len(first[0].right):,} test"
        yield f"\n{titles[set_name]}: {len(first)} × about {sizes}"
        for engine, outcomes in present.items():
            yield f"  {engines[engine]}: {_settings(outcomes)}"
        yield from (f"  {line}" for line in _pairs(present, engines))
        yield from (f"  {line}" for line in _warnings(present, engines))


def _settings(outcomes: Sequence[Outcome]) -> str:
    values: dict[str, list[Any]] = {}
    for one in outcomes:
        for name, value in one.settings.items():
            if value not in values.setdefault(name, []):
                values[name].append(value)
    return ", ".join(f"{name} {' / '.join(map(str, seen))}" for name, seen in values.items())


def _pairs(present: Mapping[str, Sequence[Outcome]], engines: Mapping[str, str]) -> Iterable[str]:
    """The first engine against each other one, on the folds that both have."""
    names = list(present)
    for other in names[1:]:
        pair = paired(present[names[0]], present[other])
        if pair is None:
            continue
        points, better, worse, p = pair
        chance = "< 0.0001" if p < 1e-4 else f"= {p:.4f}"
        yield (
            f"{engines[names[0]]} against {engines[other]}: {points:+.2f} points of accuracy; "
            f"only the former right {better}, only the latter {worse}; McNemar p {chance}"
        )


def paired(ones: Sequence[Outcome], others: Sequence[Outcome]) -> tuple[float, int, int, float] | None:
    """On the folds that both measured on the same data: the difference in points, how many utterances only
    the one and only the other got right, and the probability of that by chance. None without such folds."""
    same = {(one.fold, one.data): one for one in others}
    right: list[bool] = []
    other_right: list[bool] = []
    for one in ones:
        other = same.get((one.fold, one.data))
        if other is not None:
            right += [mark == "1" for mark in one.right]
            other_right += [mark == "1" for mark in other.right]
    if not right:
        return None
    better = sum(a and not b for a, b in zip(right, other_right, strict=True))
    worse = sum(b and not a for a, b in zip(right, other_right, strict=True))
    return 100 * (better - worse) / len(right), better, worse, mcnemar(right, other_right)


def _warnings(present: Mapping[str, Sequence[Outcome]], engines: Mapping[str, str]) -> Iterable[str]:
    most = max(len(outcomes) for outcomes in present.values())
    newest = {(one.fold, one.data) for one in next(iter(present.values()))}
    for engine, outcomes in present.items():
        if len(outcomes) < most:
            folds = ", ".join(str(one.fold) for one in outcomes)
            yield f"only some folds so far: {engines[engine]} has {folds}"
        if any((one.fold, one.data) not in newest for one in outcomes):
            yield f"NOT THE SAME DATA as the first engine's: {engines[engine]} (measure it again)"
