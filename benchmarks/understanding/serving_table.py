"""The table of serving costs, each beside Rasa's as a ratio, and whether the targets are met."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

MIB = 1024 * 1024


def render(found: Mapping[str, Any], titles: Mapping[str, str]) -> RenderableType:
    """`found` as `serving.measure_serving` gives it; `titles` name the engines in print."""
    engines: Mapping[str, Any] = found["engines"]
    table = Table(title=f"Serving a model of {found['split']}", title_justify="left")
    table.add_column("measure")
    for engine in engines:
        table.add_column(titles[engine], justify="right")
    rasa, ours = engines.get("rasa"), engines.get("ours")
    if rasa and ours:
        table.add_column("ours of Rasa's", justify="right")
    rows = {name: dict(measures(figures)) for name, figures in engines.items()}
    for measure in dict.fromkeys(name for row in rows.values() for name in row):
        values = [rows[engine].get(measure) for engine in engines]
        cells = ["–" if value is None else f"{value:,.{2 if value < 10 else 1}f}" for value in values]
        table.add_row(measure, *cells, *([_ratio(rows, measure)] if rasa and ours else []))
    machine = found["machine"]
    return Group(
        table,
        Text(
            f"{found['at']}, {machine['cores']} × {machine['cpu']}, load average {found['load_before']:.1f}"
        ),
        *(Text(line) for line in targets(rows)),
    )


def measures(figures: Mapping[str, Any]) -> Iterable[tuple[str, float]]:
    """Every figure of an engine, by the name it is printed under."""
    yield "model, MiB", figures["model_bytes"] / MIB
    yield "cold start in process, s", figures["cold_start"]
    yield "memory of that process (PSS), MiB", figures["pss"] / MIB
    yield "memory of that process (RSS), MiB", figures["rss"] / MIB
    yield "one text in process, p50 ms", figures["p50_ms"]
    yield "one text in process, p95 ms", figures["p95_ms"]
    if "http" not in figures:
        return
    yield "server's start to its first answer, s", figures["http_cold_start"]
    yield "memory of the server (PSS), MiB", figures["http_pss"] / MIB
    for step in figures["http"]:
        clients = step["clients"]
        who = "1 client" if clients == 1 else f"{clients} clients"
        yield f"HTTP, {who}: p50 ms", step["p50_ms"]
        yield f"HTTP, {who}: p95 ms", step["p95_ms"]
        yield f"HTTP, {who}: answers/s", step["per_second"]


def _ratio(rows: Mapping[str, Mapping[str, float]], measure: str) -> str:
    ours, rasa = rows["ours"].get(measure), rows["rasa"].get(measure)
    if ours is None or not rasa:
        return ""
    ratio = ours / rasa
    return f"{ratio:.1f} ×" if ratio >= 1 else f"1/{1 / ratio:.1f}"


def targets(rows: Mapping[str, Mapping[str, float]]) -> Iterable[str]:
    """The targets that can be judged with the engines that were measured, and whether they are met."""
    ours, rasa = rows.get("ours"), rows.get("rasa")
    if not ours:
        return
    wanted = [("cold start in process, s", 3.0, "under 3 s")]
    if rasa:
        wanted += [
            ("one text in process, p50 ms", rasa["one text in process, p50 ms"] / 10, "a tenth of Rasa's"),
            ("HTTP, 1 client: p50 ms", rasa["HTTP, 1 client: p50 ms"] / 5, "a fifth of Rasa's"),
            (
                "memory of that process (PSS), MiB",
                rasa["memory of that process (PSS), MiB"] / 4,
                "a quarter of Rasa's",
            ),
        ]
    for measure, limit, said in wanted:
        verdict = "met" if ours[measure] <= limit else "MISSED"
        yield f"target {verdict}: {measure}: {ours[measure]:.2f}, wanted {said} ({limit:.2f})"
