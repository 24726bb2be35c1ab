from pathlib import Path

import pytest

from assistant.understanding.data.examples import Example
from benchmarks.understanding.__main__ import arguments, measure
from benchmarks.understanding.engines import Bench, Say
from benchmarks.understanding.outcome import Parse, Trained
from benchmarks.understanding.results import Results
from benchmarks.understanding.splits import Split
from integrations.rasa.environment import RasaUnavailable

EXAMPLES = tuple(Example(f"第{n}句", "a" if n % 2 else "b") for n in range(6))
SPLITS = [Split("kuake", fold, EXAMPLES[:4], EXAMPLES[4:]) for fold in (0, 1)]


class Trainings(Bench):
    """Counts what is trained; answers everything with `a`; Rasa is not installed."""

    def train(self, engine: str, split: Split, say: Say) -> Trained:
        if engine == "rasa":
            raise RasaUnavailable("no Rasa environment")
        trained.append(split.name)
        return Trained([Parse("a")] * len(split.test), 1.0, 1.0, 1, 1, {})


trained: list[str] = []


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    trained.clear()
    return Trainings(tmp_path)


@pytest.fixture
def results(tmp_path: Path) -> Results:
    return Results(tmp_path / "results")


def test_a_run_that_was_broken_off_goes_on(bench: Bench, results: Results) -> None:
    assert measure(bench, results, [("svm", SPLITS[0])], resume=True)
    assert measure(bench, results, [("svm", split) for split in SPLITS], resume=True)
    assert trained == ["kuake-0", "kuake-1"]
    assert [one.accuracy for one in results.of_set("svm", "kuake")] == [0.5, 0.5]


def test_without_resume_all_but_rasa_is_measured_anew(bench: Bench, results: Results) -> None:
    for _ in range(2):
        measure(bench, results, [("svm", SPLITS[0])], resume=False)
    assert trained == ["kuake-0", "kuake-0"]


def test_what_rasa_cannot_do_here_does_not_stop_the_rest(
    bench: Bench, results: Results, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not measure(bench, results, [("rasa", SPLITS[0]), ("svm", SPLITS[0])], resume=False)
    assert trained == ["kuake-0"]
    assert "no Rasa environment" in capsys.readouterr().err


def test_names_are_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert arguments(["--sets", "kuake, cais"]).sets == ["kuake", "cais"]
    with pytest.raises(SystemExit):
        arguments(["--engines", "bert"])
    assert "bert: known are ours, svm, rasa" in capsys.readouterr().err
