"""What an installation sets: the environment (places and secrets) and `config.yml` (the pipeline)."""

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from assistant.understanding.model.settings import Settings as EncoderSettings


class SettingsError(Exception):
    """A setting is missing or wrong. The message is one line that says what, where and what to do."""


class Section(BaseModel):
    """A section of `config.yml`: unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Centre(Section):
    """The health centre that the assistant speaks for."""

    name: str
    phone: str


class Batching(Section):
    """How concurrent utterances share a forward pass of the model; what is not set suits the device."""

    size: int | None = Field(default=None, ge=1)
    wait_ms: float | None = Field(default=None, ge=0)
    """How long an utterance waits for company."""
    queue: int | None = Field(default=None, ge=1)
    """How many may wait; more are read by the grammar alone."""


class Rasa(Section):
    """A stock Rasa 3.6 server with `--enable-api`; its token comes from ASSISTANT_RASA_TOKEN."""

    url: str = "http://127.0.0.1:5005"
    timeout_seconds: float = Field(default=2.0, gt=0)


class Understanding(Section):
    """Which engine reads what a sentence does, beside the grammar that reads its values.

    `model`: the trained model below `models`, the newest or the one chosen with `assistant models`; `rasa`: a
    Rasa server; `grammar`: rules alone. `encoder` is how `assistant train` builds a model.
    """

    engine: Literal["model", "grammar", "rasa"] = "model"
    models: Path = Path("models/understanding-zh")
    batching: Batching = Batching()
    encoder: EncoderSettings = EncoderSettings()
    rasa: Rasa = Rasa()


class Recogniser(Section):
    """Speech to text. `model` is a folder, relative to the home."""

    kind: Literal["vosk"] = "vosk"
    model: Path = Path("models/speech-zh-small")


class Synthesiser(Section):
    """Text to speech. `voice` is `variant[:words per minute[:pitch]]` of the synthesiser."""

    kind: Literal["pyttsx3"] = "pyttsx3"
    voice: str = "f2"


class Voice(Section):
    """The two ends of spoken dialog."""

    recogniser: Recogniser = Recogniser()
    synthesiser: Synthesiser = Synthesiser()


class Hosting(Section):
    """When a conversation that nobody continues is over, and how long an action may take, in seconds.

    A call is dead sooner than a chat: while it lives, silence alone gives an input every few seconds.
    """

    call_idle_seconds: float = Field(default=120.0, gt=0)
    chat_idle_seconds: float = Field(default=1800.0, gt=0)
    sweep_seconds: float = Field(default=15.0, gt=0)
    action_seconds: float = Field(default=10.0, gt=0)


class Delivery(Section):
    """How outcomes reach the record service: the first pause after a failure doubles up to the longest."""

    first_pause_seconds: float = Field(default=2.0, gt=0)
    longest_pause_seconds: float = Field(default=600.0, gt=0)


class Escalation(Section):
    """How long an alert may wait for a person, in seconds, before it goes to the next on the duty chain.

    `chain` is how many there are after the first.
    """

    emergency_seconds: float = Field(default=300.0, gt=0)
    urgent_seconds: float = Field(default=1800.0, gt=0)
    chain: int = Field(default=2, ge=1, le=10)


class Config(Section):
    """`config.yml`."""

    language: Literal["zh"] = "zh"
    device: Literal["auto", "cpu", "cuda"] = "auto"
    centre: Centre
    understanding: Understanding = Understanding()
    voice: Voice = Voice()
    conversations: Hosting = Hosting()
    delivery: Delivery = Delivery()
    escalation: Escalation = Escalation()


class Settings(BaseSettings):
    """The environment of one process: HOST, PORT, DATABASE_URL, and the other fields as ASSISTANT_<NAME>.

    `var_folder` (ASSISTANT_VAR) is for what is written at run time (default: `var` in the home). `tokens` and
    `secret` are described in `assistant.security.access`. `worker` is the stable name of this process
    among those that share the database; two live ones must differ.
    """

    model_config = SettingsConfigDict(extra="ignore", env_prefix="ASSISTANT_")

    host: str = Field(default="127.0.0.1", validation_alias=AliasChoices("HOST", "host"))
    port: int = Field(default=8000, ge=0, le=65535, validation_alias=AliasChoices("PORT", "port"))
    database: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("DATABASE_URL", "database")
    )
    home: Path = Field(default_factory=Path.cwd)
    env: Literal["development", "production"] = "development"
    var_folder: Path | None = Field(
        default=None, validation_alias=AliasChoices("ASSISTANT_VAR", "var_folder")
    )
    tokens: SecretStr | None = None
    secret: SecretStr | None = None
    worker: str = "worker-1"
    rasa_token: SecretStr | None = None

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().resolve()

    @property
    def development(self) -> bool:
        """Whether convenience (a token in a file, seeded residents) outranks safety."""
        return self.env == "development"

    @cached_property
    def var(self) -> Path:
        """Folder for what is written at run time: database, recordings, development token."""
        return (self.var_folder or self.home / "var").expanduser().resolve()

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of the database: SQLite under `var` unless one is named."""
        if self.database is not None:
            return self.database.get_secret_value()
        return f"sqlite:///{self.var / 'assistant.db'}"

    @property
    def content_home(self) -> Path:
        """Folder of what an operator edits: flows, domain, forms, language data."""
        return self.home / "nlu_data"

    @cached_property
    def config(self) -> Config:
        """`config.yml` of the home, checked."""
        return read_config(self.home / "config.yml")


def load_settings(**overrides: Any) -> Settings:
    """Settings from the environment. Raises SettingsError naming the variable that is wrong."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0]) if first["loc"] else "environment"
        name = field if field.isupper() else f"ASSISTANT_{field.upper()}"
        raise SettingsError(f"{name}: {first['msg']}") from None


def read_config(path: Path) -> Config:
    """Read and check a `config.yml`. Raises SettingsError with file, line and, for a slip, a suggestion."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SettingsError(
            f"{path}: not found; ASSISTANT_HOME must name the folder that holds config.yml"
        ) from None
    try:
        document = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SettingsError(f"{path}:{line}: {error.problem}") from None
    if not isinstance(document, Mapping):
        raise SettingsError(f"{path}:1: expected a mapping of settings")
    try:
        return Config.model_validate(document)
    except ValidationError as error:
        problems = [_problem(path, document, dict(item)) for item in error.errors()]
        raise SettingsError("\n".join(problems)) from None


def _problem(path: Path, document: Any, item: dict[str, Any]) -> str:
    location: tuple[Any, ...] = item["loc"]
    name = ".".join(str(part) for part in location)
    message = item["msg"]
    if item["type"] == "extra_forbidden":
        message = "unknown key" + _suggestion(location)
    return f"{path}:{_line(document, location)}: {name}: {message}"


def _line(document: Any, location: tuple[Any, ...]) -> int:
    """Line of the deepest part of `location` that the file has."""
    line = 1
    node = document
    for part in location:
        if not isinstance(node, Mapping) or part not in node:
            break
        line = node.lc.key(part)[0] + 1  # type: ignore[attr-defined]
        node = node[part]
    return line


def _suggestion(location: tuple[Any, ...]) -> str:
    section: type[BaseModel] = Config
    for part in location[:-1]:
        section = section.model_fields[str(part)].annotation  # type: ignore[assignment]
    known = list(section.model_fields)
    close = get_close_matches(str(location[-1]), known, n=1)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; known here: {', '.join(known)}"
