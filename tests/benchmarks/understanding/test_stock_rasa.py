import json
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.understanding.data.examples import Annotation, Example
from benchmarks.understanding.outcome import Parse
from benchmarks.understanding.splits import Split
from benchmarks.understanding.stock_rasa import fingerprint, job_folder, train_and_parse
from integrations.rasa.environment import RasaUnavailable

SPLIT = Split(
    "own",
    0,
    (Example("头晕怎么办", "cure", (Annotation("symptom", 0, 2, "头晕"),)), Example("谢谢", "thanks")),
    (Example("头疼怎么办", "cure"),),
)


def test_a_training_holds_only_for_its_data_and_epochs() -> None:
    kept = fingerprint(SPLIT, 25)
    assert fingerprint(SPLIT, 25) == kept
    assert fingerprint(SPLIT, 50) != kept
    assert fingerprint(replace(SPLIT, train=SPLIT.train[:1]), 25) != kept
    assert fingerprint(replace(SPLIT, lookups={"symptom": ("头晕",)}), 25) != kept


def test_a_finished_training_is_taken_without_rasa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASA_ENV", str(tmp_path / "none"))
    folder = job_folder(tmp_path, SPLIT, 25)
    folder.mkdir(parents=True)
    said = {"intent": "cure", "confidence": 0.9, "entities": [["symptom", 0, 2]]}
    result = {
        "training": {"seconds": 100.0, "cpu_seconds": 90.0, "peak_bytes": 1000},
        "parses": [said],
        "model_bytes": 10,
        "rasa": "3.6.21",
    }
    (folder / "result.json").write_text(json.dumps(result), encoding="utf-8")
    trained = train_and_parse(tmp_path, SPLIT, 25, print)
    assert trained.parses == [Parse("cure", frozenset({("symptom", 0, 2)}))]
    assert trained.settings == {"epochs": 25, "rasa": "3.6.21"}


def test_without_rasa_it_is_said_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASA_ENV", str(tmp_path / "none"))
    with pytest.raises(RasaUnavailable, match=r"setup/rasa\.sh makes it"):
        train_and_parse(tmp_path, SPLIT, 25, print)
