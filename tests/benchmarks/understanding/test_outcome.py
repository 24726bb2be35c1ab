import json
from pathlib import Path

import pytest

from assistant.understanding.data.examples import Annotation, Example
from benchmarks.understanding.outcome import Outcome, Parse, Trained, score
from benchmarks.understanding.results import Results
from benchmarks.understanding.splits import Split

TEST = (
    Example("头晕怎么办", "cure", (Annotation("symptom", 0, 2, "头晕"),)),
    Example("血压多少算高", "meaning", (Annotation("measure", 0, 2, "血压"),)),
    Example("谢谢", "thanks"),
)
SPLIT = Split("own", 2, (Example("头疼怎么办", "cure"),), TEST)


def trained(*parses: Parse) -> Trained:
    return Trained(parses, 10.0, 8.0, 1 << 20, 1 << 10, {"epochs": 3})


def outcome() -> Outcome:
    said = trained(
        Parse("cure", frozenset({("symptom", 0, 2)})),
        Parse("meaning", frozenset({("measure", 0, 1)})),
        Parse(None),
    )
    return score("ours", SPLIT, said, "k1", {"cores": 2})


def test_an_outcome_counts_intents_spans_and_both() -> None:
    found = outcome()
    assert found.accuracy == pytest.approx(2 / 3)
    assert found.both_right == pytest.approx(1 / 3)
    assert found.spans == (1, 2, 2)
    assert found.entity_f1 == pytest.approx(0.5)
    assert [found.labels[i] for i in found.predicted] == ["cure", "meaning", ""]


def test_without_entities_in_the_set_there_is_no_entity_f1() -> None:
    split = Split("own", 0, (), TEST[2:])
    assert score("ours", split, trained(Parse("thanks")), "k", {}).entity_f1 is None


def test_an_answer_to_every_utterance_is_wanted() -> None:
    with pytest.raises(ValueError, match="gave 1 answers to 3"):
        score("ours", SPLIT, trained(Parse("cure")), "k", {})


def test_kept_outcomes_come_back_by_engine_set_and_fold(tmp_path: Path) -> None:
    results = Results(tmp_path)
    results.keep(outcome())
    assert results.find("ours", "own", 2) == outcome()
    assert results.find("ours", "own", 2, "k1") == outcome()
    assert results.of_set("ours", "own") == [outcome()]
    assert results.find("ours", "own", 1) is None


def test_an_outcome_of_other_data_or_settings_does_not_hold(tmp_path: Path) -> None:
    results = Results(tmp_path)
    results.keep(outcome())
    assert results.find("ours", "own", 2, "k2") is None


def test_no_text_of_a_set_is_kept(tmp_path: Path) -> None:
    Results(tmp_path).keep(outcome())
    (file,) = tmp_path.iterdir()
    written = file.read_text(encoding="utf-8")
    assert json.loads(written)["set_name"] == "own"
    assert not any(example.text in written for example in TEST)
