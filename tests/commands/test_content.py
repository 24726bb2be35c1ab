"""`assistant check` tells an operator every defect with its file and line."""

import shutil
from pathlib import Path

import pytest

from assistant.commands.content import check
from assistant.commands.terminal import CommandFailed
from tests.architecture.source import ROOT


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A copy of the installation's content that may be damaged."""
    shutil.copytree(ROOT / "nlu_data", tmp_path / "nlu_data")
    shutil.copy(ROOT / "config.yml", tmp_path)
    return tmp_path


def test_the_shipped_content_has_no_defect(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(home)
    assert "no defect" in capsys.readouterr().out


def test_every_defect_is_told_with_file_and_line(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flow = home / "nlu_data" / "flows" / "reception.yml"
    text = flow.read_text(encoding="utf-8")
    flow.write_text(text.replace("utter_reception_welcome", "utter_reception_welcom"), encoding="utf-8")
    line = 1 + next(n for n, row in enumerate(text.splitlines()) if "utter_reception_welcome" in row)
    with pytest.raises(CommandFailed, match="defect"):
        check(home)
    told = capsys.readouterr().err
    assert f"nlu_data/flows/reception.yml:{line}: " in told
    assert "utter_reception_welcome" in told, "it suggests the response that exists"


def test_a_folder_without_content_is_named(tmp_path: Path) -> None:
    shutil.copy(ROOT / "config.yml", tmp_path)
    with pytest.raises(CommandFailed, match="no flows, forms or domain files"):
        check(tmp_path)
