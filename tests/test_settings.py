"""Settings: where they come from, and one clear line for what is wrong."""

from pathlib import Path

import pytest

from assistant.settings import SettingsError, load_settings, read_config

ROOT = Path(__file__).resolve().parents[1]


def _config(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_config_is_good() -> None:
    config = read_config(ROOT / "config.yml")
    assert config.centre.name and config.understanding.engine == "model"
    assert (ROOT / config.voice.recogniser.model).is_dir()


def test_the_environment_sets_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {
        "HOST": "0.0.0.0", "PORT": "9000", "ASSISTANT_HOME": str(tmp_path), "ASSISTANT_ENV": "production",
        "DATABASE_URL": "postgresql://u:p@db/assistant", "HOME": "/nowhere",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert (settings.host, settings.port, settings.home) == ("0.0.0.0", 9000, tmp_path)
    assert settings.database_url == "postgresql://u:p@db/assistant" and not settings.development
    assert "u:p" not in repr(settings)


def test_defaults_are_the_working_directory_and_sqlite(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("HOST", "PORT", "DATABASE_URL", "ASSISTANT_HOME", "ASSISTANT_ENV", "ASSISTANT_VAR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    settings = load_settings()
    assert (settings.host, settings.port, settings.home) == ("127.0.0.1", 8000, tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path}/var/assistant.db"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("PORT", "eighty", "PORT: Input should be a valid integer"),
        ("PORT", "70000", "PORT: "),
        ("ASSISTANT_ENV", "staging", "ASSISTANT_ENV: Input should be 'development' or 'production'"),
    ],
)
def test_a_wrong_variable_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=message):
        load_settings()


CENTRE = "centre: {name: 中心, phone: '1'}\n"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (CENTRE + "lanugage: zh\n", 2, "lanugage: unknown key; did you mean language?"),
        (CENTRE + "voice:\n  recogniser:\n    modle: x\n", 4, "unknown key; did you mean model?"),
        (CENTRE + "voice:\n  zzz: 1\n", 3, "unknown key; known here: recogniser, synthesiser"),
        ("language: zh\ncentre:\n  name: x\n", 2, "centre.phone: Field required"),
        (CENTRE + "delivery:\n  first_pause_seconds: -1\n", 3, "greater than 0"),
        (CENTRE + "device: gpu\n", 2, "Input should be 'auto', 'cpu' or 'cuda'"),
        (CENTRE + "device: [\n", 3, ""),
        ("- a\n", 1, "expected a mapping"),
        ("", 1, "expected a mapping"),
    ],
)
def test_a_wrong_config_names_the_line_and_what_to_do(
    tmp_path: Path, text: str, line: int, message: str
) -> None:
    path = _config(tmp_path, text)
    with pytest.raises(SettingsError) as refused:
        read_config(path)
    assert str(refused.value).startswith(f"{path}:{line}: ") and message in str(refused.value)


def test_every_problem_is_named_at_once(tmp_path: Path) -> None:
    path = _config(tmp_path, "centre: {name: 中心}\nlanguage: xx\nodd: 1\n")
    with pytest.raises(SettingsError) as refused:
        read_config(path)
    assert len(str(refused.value).splitlines()) == 3


def test_a_home_without_a_config_says_which_variable(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="ASSISTANT_HOME must name the folder"):
        _ = load_settings(home=tmp_path).config
