"""`assistant data check`: the table, the findings with their places, and the exit code."""

import json
import shutil
from pathlib import Path

import pytest

from assistant.commands.data import check_data
from assistant.commands.terminal import CommandFailed
from tests.architecture.source import ROOT

SOUND = """nlu:
- intent: hello
  examples: |
    - 在家吗
    - 有人没得
- intent: bye
  examples: |
    - 下回再聊
    - 先挂了啊
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A sound little set."""
    file = tmp_path / "data.yml"
    file.write_text(SOUND, encoding="utf-8")
    return file


def test_sound_data_passes_and_is_counted(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check_data([data], fewest=2)
    shown = capsys.readouterr().out
    assert "hello" in shown
    assert "4 examples, 2 intents: 0 errors, 0 warnings." in shown


def test_an_error_is_told_with_its_place_and_fails(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data.write_text(SOUND + "    - 忙完再讲\n    - 在家吗\n", encoding="utf-8")
    with pytest.raises(CommandFailed, match="6 examples, 2 intents: 1 error, 0 warnings") as failed:
        check_data([data], fewest=2)
    assert failed.value.exit_code == 1
    assert f"{data}:11: error: '在家吗' is bye here and hello in {data}:4" in capsys.readouterr().err


def test_a_warning_fails_only_when_strict(data: Path) -> None:
    data.write_text(SOUND + "    - 先挂啦\n    - 还有个事我忘讲\n", encoding="utf-8")
    check_data([data], fewest=2)
    with pytest.raises(CommandFailed, match="0 errors, 1 warning"):
        check_data([data], fewest=2, strict=True)


def test_json_for_programs(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandFailed, match="2 errors"):
        check_data([data], as_json=True)
    shown = json.loads(capsys.readouterr().out)
    assert [one["intent"] for one in shown["intents"]] == ["bye", "hello"]
    assert {one["rule"] for one in shown["findings"]} == {"thin-intent"}


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match=r"gone.yml:1: cannot be read"):
        check_data([tmp_path / "gone.yml"])


def test_the_installation_is_checked_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "nlu_data", tmp_path / "nlu_data")
    broken = tmp_path / "nlu_data" / "nlu" / "intents" / "broken.yml"
    broken.write_text("nlu:\n- intent: affrim\n  examples: |\n    - [好的(thing)\n", encoding="utf-8")
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path))
    with pytest.raises(CommandFailed, match="1 error"):
        check_data()
    assert (
        "nlu_data/nlu/intents/broken.yml:4: error: a bracket without its partner" in capsys.readouterr().err
    )
