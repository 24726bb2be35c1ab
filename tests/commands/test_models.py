"""`assistant models`: an operator sees the versions, chooses one, goes back, and is told what is wrong."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assistant.commands.models import app
from assistant.commands.terminal import CommandFailed
from assistant.dialogue.meaning import IntentScore
from assistant.understanding import LexiconError
from assistant.understanding.prediction import Prediction
from assistant.understanding.serving.torch_runtime import TorchRuntime
from tests.architecture.source import ROOT
from tests.understanding.conftest import small_model
from tests.understanding.serving.tiny import tiny_model

__all__ = ["small_model"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with two shipped versions."""
    shutil.copytree(ROOT / "nlu_data", tmp_path / "nlu_data")
    shutil.copy(ROOT / "config.yml", tmp_path)
    for version in ("1", "2"):
        tiny_model(tmp_path / "models" / "understanding-zh", version, strength=float(version))
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path))
    monkeypatch.delenv("ASSISTANT_VAR", raising=False)
    return tmp_path


def models(*arguments: str) -> Result:
    result = CliRunner().invoke(app, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def active() -> str:
    return str(json.loads(models("list", "--json").stdout)["active"]["version"])


@pytest.mark.usefixtures("home")
def test_choosing_and_going_back() -> None:
    assert active() == "2"
    assert "1 is active." in models("activate", "1").stdout
    assert active() == "1"
    assert "2 is active again." in models("rollback").stdout
    assert active() == "2"
    with pytest.raises(CommandFailed, match="no earlier version"):
        models("rollback")


@pytest.mark.usefixtures("home")
def test_the_list_shows_every_version_with_its_figures() -> None:
    lines = models("list").stdout.splitlines()
    [first] = [line for line in lines if "active" in line]
    assert "shipped" in first
    assert " 2 " in first
    assert len([line for line in lines if "shipped" in line]) == 2


def test_a_version_that_cannot_be_used_is_refused(home: Path) -> None:
    (home / "models" / "understanding-zh" / "1" / "encoder.int8.onnx").write_bytes(b"no graph")
    with pytest.raises(CommandFailed, match=r"encoder\.int8\.onnx"):
        models("activate", "1")
    assert active() == "2"


def test_a_damaged_active_version_shows_in_the_list(home: Path) -> None:
    models("activate", "1")
    (home / "models" / "understanding-zh" / "1" / "tokenizer.model").unlink()
    shown = json.loads(models("list", "--json").stdout)
    assert shown["active"] is None
    assert "tokenizer.model: missing" in shown["problem"]


@pytest.mark.usefixtures("home")
def test_check_loads_a_version_without_choosing_it() -> None:
    assert "1: 3 files as the card says; loads and answers." in models("check", "1").stdout
    assert active() == "2"
    assert models("check").stdout.startswith("2: ")


def test_check_compares_the_runtimes_of_a_trained_version(home: Path, small_model: Path) -> None:
    shutil.copytree(small_model, home / "var" / "models" / "understanding-zh" / "1")
    told = models("check", "1", "--compare").stdout
    assert "ONNX Runtime and torch on 500 texts: same intent " in told


@pytest.mark.usefixtures("home")
def test_check_refuses_a_version_whose_runtimes_say_different_things(
    small_model: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(small_model, home / "var" / "models" / "understanding-zh" / "1")
    other = [Prediction((IntentScore(name="other", confidence=1.0),), (), 1.0)]
    monkeypatch.setattr(TorchRuntime, "predict", lambda _, texts: other * len(texts))
    with pytest.raises(CommandFailed, match="1: its runtimes do not agree"):
        models("check", "1", "--compare")


def test_without_models_the_list_says_how_to_get_one(home: Path) -> None:
    shutil.rmtree(home / "models")
    with pytest.raises(CommandFailed, match="assistant train"):
        models("list")


def test_without_a_domain_no_model_can_be_checked(home: Path) -> None:
    (home / "nlu_data" / "domain" / "intents.yml").unlink()
    with pytest.raises(LexiconError, match=r"intents\.yml"):
        models("activate", "1")
