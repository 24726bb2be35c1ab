"""Measures as tables for a terminal."""

from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from assistant.understanding.evaluation.comparison import Comparison
from assistant.understanding.evaluation.cross_validation import FoldResult, spread
from assistant.understanding.evaluation.measures import Judged, Measures
from assistant.understanding.evaluation.metrics import Score

_BAR = 20
LOW = 0.8
"""An F1 below is pointed out."""


def figures(measures: Measures) -> list[tuple[str, float | None]]:
    """The headline figures by name, None where the set or the model has none."""
    return [
        ("intent accuracy", measures.intent_accuracy),
        ("intent macro-F1", measures.intent_macro_f1),
        ("act accuracy", measures.act_accuracy),
        ("act macro-F1", measures.act_macro_f1),
        ("entity F1 (exact span)", measures.entities.f1 if measures.entities else None),
        ("out-of-scope recall at 5% false rejection", measures.out_of_scope),
        ("calibration error", measures.calibration_error),
    ]


def summary(measures: Measures, folds: Sequence[FoldResult] = ()) -> Table:
    """The headline figures; with folds, their mean and spread beside the figure over all examples."""
    table = _table(f"{measures.examples} examples", "measure")
    table.add_column("value", justify="right")
    if folds:
        table.add_column("over folds", justify="right")
    of_folds = [dict(figures(fold.measures)) for fold in folds]
    for name, value in figures(measures):
        if value is None:
            continue
        shown = f"{value:.4f}"
        if name == "intent accuracy":
            shown += " ({:.3f}-{:.3f})".format(*measures.intent_interval)
        row = [name, shown]
        parts = [part for fold in of_folds if (part := fold[name]) is not None]
        if parts:
            row.append("{:.4f} ± {:.4f}".format(*spread(parts)))
        table.add_row(*row)
    return table


def per_label(title: str, scores: dict[str, Score] | Iterable[tuple[str, Score]]) -> Table:
    """Precision, recall and F1 of each label, the worst first."""
    rows = scores.items() if isinstance(scores, dict) else scores
    table = _table(title, "name")
    for name in ("precision", "recall", "F1", "examples"):
        table.add_column(name, justify="right")
    for label, score in sorted(rows, key=lambda row: (row[1].f1, row[0])):
        f1 = f"{score.f1:.3f}" if score.f1 >= LOW else f"[red]{score.f1:.3f}[/]"
        table.add_row(escape(label), f"{score.precision:.3f}", f"{score.recall:.3f}", f1, str(score.support))
    return table


def confusion_picture(measures: Measures, judged: Sequence[Judged], most: int = 25) -> Table:
    """What is taken for what most often: how often, as a share of the intent, with one such sentence."""
    samples = {(one.example.intent, one.intent): one.example.text for one in reversed(judged)}
    table = _table("Taken for another", "intent")
    table.add_column("taken for")
    table.add_column("times", justify="right")
    table.add_column("of its examples")
    table.add_column("such as")
    for gold, said, count in measures.confusions[:most]:
        share = count / measures.intents[gold].support
        bar = "█" * max(1, round(share * _BAR))
        sample = escape(samples[gold, said])
        table.add_row(escape(gold), escape(said), str(count), f"[red]{bar}[/] {share:.0%}", sample)
    return table


def errors(judged: Sequence[Judged], most: int) -> RenderableType:
    """Sentences with a wrong intent, the surest mistakes first; then those whose entities are wrong."""
    wrong = sorted((one for one in judged if not one.right), key=lambda one: -one.confidence)
    strange = [one for one in judged if one.right and one.spans != one.gold_spans]
    lines = [_heading(f"{len(wrong)} wrong intents", len(wrong), most)]
    lines += [
        _line(one, f"{one.example.intent} -> {one.intent} ({one.confidence:.2f})") for one in wrong[:most]
    ]
    if any(one.example.annotations for one in judged):
        lines.append(_heading(f"{len(strange)} more with other entities", len(strange), most))
        lines += [_line(one, _spans(one)) for one in strange[:most]]
    return Group(*lines)


def comparison(compared: Comparison, names: tuple[str, str], most: int) -> RenderableType:
    """Two models side by side, how sure the difference is, and the sentences that made it."""
    table = _table(f"{compared.first.examples} examples", "measure")
    for column in (*names, "difference"):
        table.add_column(column, justify="right", overflow="fold")
    for (name, one), (_, other) in zip(figures(compared.first), figures(compared.second), strict=True):
        if one is not None and other is not None:
            table.add_row(name, f"{one:.4f}", f"{other:.4f}", f"{other - one:+.4f}")
    low, high = compared.macro_f1_interval
    sure = "more than chance" if compared.chance < 0.05 else "may be chance"
    verdict = Text(
        f"Only {names[1]} right: {len(compared.won)}; only {names[0]} right: {len(compared.lost)}; "
        f"McNemar p = {compared.chance:.3g} ({sure}). Macro-F1 difference {low:+.4f} to {high:+.4f} (95 %)."
    )
    lines: list[RenderableType] = [table, verdict]
    for title, pairs in (("won", compared.won), ("lost", compared.lost)):
        lines.append(_heading(f"{len(pairs)} {title}", len(pairs), most))
        lines += [
            _line(one, f"{one.example.intent}: {one.intent} -> {other.intent}") for one, other in pairs[:most]
        ]
    return Group(*lines)


def _line(one: Judged, said: str) -> Text:
    return Text(f"{one.example.source}: {one.example.text}  {said}")


def _spans(one: Judged) -> str:
    missed, invented = one.gold_spans - one.spans, one.spans - one.gold_spans
    named = [
        f"{mark}{one.example.text[start:end]} ({kind})"
        for mark, spans in (("-", missed), ("+", invented))
        for kind, start, end in sorted(spans, key=lambda span: span[1])
    ]
    return " ".join(named)


def _heading(title: str, count: int, most: int) -> Text:
    return Text(
        f"{title}, {most} of them:" if count > most else f"{title}{':' if count else ''}", style="bold"
    )


def _table(title: str, first: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column(first)
    return table
