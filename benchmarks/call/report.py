"""The figures of a run, as text and as JSON."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.call.comparison import NUMERIC, FieldResult, Verdict
from benchmarks.call.server import Load

QUICK = ("yes_no", "choice", "medication_adherence")
NUMBERS = ("blood_pressure", "heart_rate", "weight", "quantity_per_day", "frequency", "duration")
TARGETS = {"wrong_values_filed": 0, "numeric_captured": 0.9, "quick_p95": 1.0, "peak_pss_mib": 250.0}
"""What a run is held to: at most, at least, at most, at most."""


@dataclass
class CallResult:
    """One call of the run."""

    persona: str
    seed: int
    noise: bool
    call_id: str
    expected: str
    omit: list[str]
    disposition: str | None
    seconds: float
    turns: list[dict[str, Any]] = field(default_factory=list)
    waits: list[dict[str, Any]] = field(default_factory=list)
    transcript: list[str] = field(default_factory=list)
    fields: list[FieldResult] = field(default_factory=list)
    error: str | None = None

    @property
    def as_expected(self) -> bool:
        return self.disposition == self.expected


def group_of(expects: str | None, reading_back: bool) -> str:
    """Which kind of turn it is, for the latencies."""
    if reading_back or expects in QUICK:
        return "yes/no and choice"
    return "dictated numbers" if expects in NUMBERS else "other"


def percentile(values: list[float], share: float) -> float | None:
    """The value below which that share of `values` lies; None without values."""
    if not values:
        return None
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def latencies(results: list[CallResult], of: str) -> dict[str, dict[str, float | int | None]]:
    """Seconds from the end of speech to our first sound, by kind of turn.

    `of` is `turns` (as the server measured) or `waits` (as the resident at the far end felt it).
    """
    groups: dict[str, list[float]] = {}
    for result in results:
        for turn in getattr(result, of):
            if turn["latency"] is not None:
                groups.setdefault(group_of(turn["expects"], turn["reading_back"]), []).append(turn["latency"])
    return {
        name: {"turns": len(values), "p50": percentile(values, 0.5), "p95": percentile(values, 0.95)}
        for name, values in sorted(groups.items())
    }


def summary(
    results: list[CallResult], load: Load, wall_seconds: float, settings: dict[str, Any]
) -> dict[str, Any]:
    """All figures of a run."""
    fields = [found for result in results for found in result.fields]
    finished = [result for result in results if result.expected == "completed"]
    numeric = [
        found
        for result in finished
        for found in result.fields
        if found.field in NUMERIC and found.verdict is not Verdict.SKIPPED and not _omitted(result, found)
    ]
    right = sum(found.verdict is Verdict.RIGHT for found in numeric)
    talked = [result.seconds for result in results if result.turns]
    return {
        "settings": settings,
        "calls": len(results),
        "ended_as_expected": sum(result.as_expected for result in results),
        "completed": f"{sum(result.as_expected for result in finished)}/{len(finished)}",
        "dispositions": dict(Counter(str(result.disposition) for result in results)),
        "wrong_values_filed": sum(found.verdict is Verdict.WRONG for found in fields),
        "numeric_captured": round(right / len(numeric), 4) if numeric else None,
        "fields": {
            name: dict(Counter(found.verdict.value for found in fields if found.field == name))
            for name in dict.fromkeys(found.field for found in fields)
        },
        "call_seconds": {"p50": percentile(talked, 0.5), "p95": percentile(talked, 0.95)},
        "latency_at_the_server": latencies(results, "turns"),
        "latency_at_the_resident": latencies(results, "waits"),
        "cpu_share_of_a_core_per_call": round(load.cpu_seconds / sum(talked), 4) if talked else None,
        "peak_rss_mib": round(load.peak_rss_mib, 1),
        "peak_pss_mib": round(load.peak_pss_mib, 1),
        "processes_at_the_peak": load.processes,
        "wall_seconds": round(wall_seconds, 1),
    }


def _omitted(result: CallResult, found: FieldResult) -> bool:
    """A field that the persona does not give cannot be captured."""
    return found.verdict is Verdict.OPEN and found.field in result.omit


def as_json(results: list[CallResult]) -> list[dict[str, Any]]:
    """Every call, for a closer look."""
    shown = []
    for result in results:
        entry = asdict(result)
        entry["fields"] = [{**asdict(found), "verdict": found.verdict.value} for found in result.fields]
        shown.append(entry)
    return shown


def text(figures: dict[str, Any], results: list[CallResult]) -> str:
    """The report for people."""
    seconds = figures["call_seconds"]
    cpu, captured = _percent(figures["cpu_share_of_a_core_per_call"]), _percent(figures["numeric_captured"])
    pss, rss = figures["peak_pss_mib"], figures["peak_rss_mib"]
    lines = [
        f"calls                      {figures['calls']}, {figures['settings']['concurrency']} at a time",
        f"ended as expected          {figures['ended_as_expected']}/{figures['calls']}",
        f"completed                  {figures['completed']} of those meant to",
        f"wrong values filed         {figures['wrong_values_filed']}   (target 0)",
        f"numeric fields captured    {captured}   (target 90 %)",
        f"call duration              p50 {_s(seconds['p50'])}, p95 {_s(seconds['p95'])}",
        f"CPU, server side           {cpu} of a core for one call",
        f"memory, server side        PSS {pss} MiB, RSS {rss} MiB   (target 250)",
        "",
        "end of speech to first sound, seconds      turns    p50    p95",
    ]
    for where in ("latency_at_the_server", "latency_at_the_resident"):
        for name, of in figures[where].items():
            label = f"{where.removeprefix('latency_at_the_')}: {name}"
            lines.append(f"  {label:40} {of['turns']:5} {of['p50']:6.2f} {of['p95']:6.2f}")
    lines += ["", "field                    right  wrong   open  skipped"]
    for name, counts in figures["fields"].items():
        columns = (counts.get(key, 0) for key in ("right", "wrong", "open", "skipped"))
        lines.append(f"  {name:22} {' '.join(f'{count:6}' for count in columns)}")
    for result in results:
        if not result.as_expected:
            lines.append(
                f"unexpected: {result.persona} seed {result.seed}{' in noise' if result.noise else ''}: "
                f"{result.disposition} instead of {result.expected} {result.error or ''}"
            )
        lines += [
            f"wrong: {result.persona} seed {result.seed} {found.field}: {found.filed} instead of {found.true}"
            for found in result.fields
            if found.verdict is Verdict.WRONG
        ]
    return "\n".join(lines)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share * 100:.1f} %"


def _s(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.0f} s"


def missed(figures: dict[str, Any]) -> list[str]:
    """The targets that the run missed."""
    quick = figures["latency_at_the_resident"].get("yes/no and choice", {}).get("p95")
    found = []
    if figures["wrong_values_filed"] > TARGETS["wrong_values_filed"]:
        found.append("wrong values were filed")
    if figures["numeric_captured"] is not None and figures["numeric_captured"] < TARGETS["numeric_captured"]:
        found.append("too few numeric fields were captured")
    if quick is not None and quick >= TARGETS["quick_p95"]:
        found.append("yes/no and choice turns were too slow")
    if figures["peak_pss_mib"] >= TARGETS["peak_pss_mib"]:
        found.append("the server used too much memory")
    return found
