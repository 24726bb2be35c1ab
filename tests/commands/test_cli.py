"""The command line as a person meets it: help for everything, and one clear line for whatever goes wrong."""

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli import app, main
from tests.architecture.source import ROOT

COMMANDS = """serve migrate seed demo call chat train evaluate parse transcribe say replay check""".split()


@pytest.fixture(autouse=True)
def installation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The shipped content, with an empty folder for what is written."""
    monkeypatch.setenv("ASSISTANT_HOME", str(ROOT))
    monkeypatch.setenv("ASSISTANT_VAR", str(tmp_path))


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """The exit code of `assistant` with these arguments."""
    monkeypatch.setattr(sys, "argv", ["assistant", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_the_help_names_every_command() -> None:
    shown = CliRunner().invoke(app, ["--help"]).output
    assert [command for command in COMMANDS if command not in shown] == []
    assert len(app.registered_commands) == len(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert f"assistant {command}" in result.output.replace("root", "assistant")


@pytest.mark.parametrize(
    ("environment", "arguments", "exit_code", "line"),
    [
        ({}, ["transcribe", "gone.wav"], 1, "assistant: gone.wav: no such file"),
        ({}, ["replay", "c-1"], 1, "assistant: there is no conversation c-1"),
        ({}, ["parse", "好", "--today", "soon"], 2, "assistant: today: must be an ISO date or date-time"),
        ({}, ["chat", "--channel", "voice"], 2, "assistant: --channel voice: must be one of"),
        ({}, ["chat", "--slots", "[1]"], 2, "assistant: --slots: must be a JSON object"),
        ({"PORT": "ninety"}, ["check"], 1, "assistant: PORT: "),
        ({"DATABASE_URL": "nothing"}, ["migrate"], 1, "assistant: DATABASE_URL is not a database URL"),
        ({"DATABASE_URL": "postgresql://a:b@127.0.0.1:1/c"}, ["seed"], 1, "assistant: DATABASE_URL: "),
        ({"ASSISTANT_HOME": "/nowhere"}, ["check"], 1, "assistant: /nowhere/config.yml: not found"),
    ],
)
def test_what_goes_wrong_is_one_clear_line(
    environment: dict[str, str],
    arguments: list[str],
    exit_code: int,
    line: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert run(monkeypatch, *arguments) == exit_code
    told = capsys.readouterr().err
    assert told.startswith(line)
    assert told.count("\n") == 1


def test_the_database_is_made_and_seeded_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "migrate") == 0
    assert run(monkeypatch, "seed") == 0
    assert "resources stored" in capsys.readouterr().out
    assert run(monkeypatch, "seed") == 0
    assert "there already" in capsys.readouterr().out


def test_a_sentence_is_parsed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "parse", "高压一百四，低压九十", "--expects", "blood_pressure", "--json") == 0
    shown = capsys.readouterr().out
    assert '"systolic": 140' in shown
    assert '"diastolic": 90' in shown
