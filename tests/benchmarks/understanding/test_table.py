from dataclasses import replace
from io import StringIO

from rich.console import Console

from benchmarks.understanding.outcome import Outcome
from benchmarks.understanding.table import paired, render, spread

ENGINES = {"ours": "ours", "svm": "SVM"}


def outcome(engine: str, right: str, fold: int = 0, data: str = "d") -> Outcome:
    return Outcome(
        engine=engine,
        set_name="kuake",
        fold=fold,
        key="k",
        data=data,
        train_examples=1000,
        settings={"epochs": 3},
        seconds=61.0,
        cpu_seconds=60.0,
        peak_bytes=300 * 1024 * 1024,
        model_bytes=1024 * 1024,
        labels=["a"],
        predicted=[0] * len(right),
        right=right,
        all_right=right,
        spans=(0, 0, 0),
        macro_f1=0.5,
    )


def printed(by_engine: dict[str, list[Outcome]]) -> str:
    out = StringIO()
    Console(width=170, file=out).print(render({"kuake": by_engine}, {"kuake": "KUAKE"}, ENGINES))
    return out.getvalue()


def test_the_spread_across_folds_is_printed() -> None:
    assert spread([0.7, 0.8]) == "75.00 ± 7.07"
    assert spread([0.7]) == "70.00"


def test_pairs_are_made_utterance_by_utterance() -> None:
    pair = paired([outcome("ours", "1110")], [outcome("svm", "1001")])
    assert pair is not None
    points, better, worse, p = pair
    assert (points, better, worse) == (25.0, 2, 1)
    assert p == 1.0


def test_folds_that_only_one_has_are_left_out_of_the_pair() -> None:
    ours = [outcome("ours", "11"), outcome("ours", "11", fold=1)]
    pair = paired(ours, [outcome("svm", "00")])
    assert pair is not None
    assert pair[:3] == (100.0, 2, 0)


def test_different_data_are_never_paired_and_it_is_said() -> None:
    ours, svm = outcome("ours", "11"), outcome("svm", "00", data="older")
    assert paired([ours], [svm]) is None
    assert "NOT THE SAME DATA as the first engine's: SVM" in printed({"ours": [ours], "svm": [svm]})


def test_the_table_shows_every_engine_its_settings_and_what_is_missing() -> None:
    ours = [outcome("ours", "11"), outcome("ours", "10", fold=1)]
    text = printed({"ours": ours, "svm": [replace(ours[0], engine="svm", right="01")]})
    assert "75.00 ± 35.36" in text
    assert "SVM: epochs 3" in text
    assert "only some folds so far: SVM has 0" in text
    assert "+50.00 points" in text


def test_what_was_not_measured_is_a_dash() -> None:
    assert "–" in printed({"ours": [outcome("ours", "1")], "svm": []})
