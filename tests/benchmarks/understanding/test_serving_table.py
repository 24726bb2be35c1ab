from typing import Any

from benchmarks.understanding.serving_table import measures, targets

MIB = 1024 * 1024


def figures(p50: float, http_p50: float, pss: float, cold_start: float) -> dict[str, Any]:
    return {
        "model_bytes": MIB,
        "cold_start": cold_start,
        "pss": pss * MIB,
        "rss": pss * MIB,
        "p50_ms": p50,
        "p95_ms": p50,
        "http_cold_start": cold_start,
        "http_pss": pss * MIB,
        "http_rss": pss * MIB,
        "http": [{"clients": 1, "p50_ms": http_p50, "p95_ms": http_p50, "per_second": 1000 / http_p50}],
    }


def verdicts(ours: dict[str, Any], rasa: dict[str, Any]) -> list[str]:
    return [
        line.split(":")[0] for line in targets({"ours": dict(measures(ours)), "rasa": dict(measures(rasa))})
    ]


def test_targets_are_judged_against_rasa_in_the_same_run() -> None:
    rasa = figures(p50=20, http_p50=20, pss=1600, cold_start=40)
    assert verdicts(figures(1.0, 3.0, 100, 1.0), rasa) == ["target met"] * 4
    assert verdicts(figures(3.0, 5.0, 500, 4.0), rasa) == ["target MISSED"] * 4
