"""Personas: who answers on the simulated line. The format is described in `nlu_data/personas/README.md`."""

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError


class PersonaError(ValueError):
    """A persona is unknown or its file is wrong. The message says which and why."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class VoiceSpec(_Part):
    """How she sounds: an espeak-ng variant, words a minute, pitch from 0 to 99."""

    variant: str = "f4"
    rate: int = Field(default=150, ge=80, le=300)
    pitch: int = Field(default=45, ge=0, le=99)


class LineSpec(_Part):
    """What the telephone does to her voice; see the format for the units."""

    noise_snr_db: float | None = None
    telephone_band: bool = True
    level_db: float = 0.0
    late: float = Field(default=0.0, ge=0.0, le=0.2)


class Fact(_Part):
    """What is true of one slot and how she says it. `read_as`: words of a read-back that she agrees to."""

    value: JsonValue
    say: list[str] = Field(min_length=1)
    read_as: list[str] = []


class Act(_Part):
    """What she does in one turn; the keys are described in the format."""

    say: str | None = None
    fact: bool = False
    pause: float = 0.0
    split: float = 0.6
    interrupt: float | None = None
    keys: str | None = None
    silent: bool = False
    hang_up: bool = False


class ReadBack(_Part):
    """What she says to a read-back that is right, and before her fact to one that is wrong."""

    right: list[str] = ["对"]
    wrong: str = "不对"


class Expectation(_Part):
    """How the call must end, and which of her facts must not be filed."""

    disposition: str = "completed"
    omit: list[str] = []


class Persona(_Part):
    """One resident. In `facts` each slot has its alternatives; `choose` picks one by a seed."""

    persona: str
    title: str
    resident_id: str | None = None
    voice: VoiceSpec = VoiceSpec()
    reaction: tuple[float, float] = (0.3, 0.8)
    line: LineSpec = LineSpec()
    answers: Literal["person", "machine", "nobody", "busy"] = "person"
    greeting: str | None = None
    announcement: str | None = None
    facts: dict[str, list[Fact]] = {}
    cues: dict[str, str] = {}
    script: dict[str, list[Act]] = {}
    read_back: ReadBack = ReadBack()
    otherwise: dict[str, str] = {"else": "不知道"}
    expect: Expectation = Expectation()

    def choose(self, seed: int) -> dict[str, Fact]:
        """Her facts in the call with this seed: always the same ones, and one way to say each."""
        chance = random.Random(f"{self.persona} {seed}")
        chosen: dict[str, Fact] = {}
        for slot, alternatives in self.facts.items():
            fact = chance.choice(alternatives)
            chosen[slot] = fact.model_copy(update={"say": [chance.choice(fact.say)]})
        return chosen


def names(folder: Path) -> list[str]:
    """The personas in `folder`, sorted."""
    return sorted(path.stem for path in folder.glob("*.yml"))


def load(folder: Path, name: str) -> Persona:
    """Reads a persona with everything that it takes from another one. Raises `PersonaError`."""
    try:
        return Persona.model_validate(_merged(folder, name, ()))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise PersonaError(f"{folder / name}.yml: {where}: {first['msg']}") from None


def _merged(folder: Path, name: str, seen: tuple[str, ...]) -> dict[str, Any]:
    if name in seen:
        raise PersonaError(f"{folder / name}.yml: 'like' goes round in a circle")
    if name not in names(folder):
        raise PersonaError(f"there is no persona {name}; known: {', '.join(names(folder))}")
    try:
        own = YAML(typ="safe").load((folder / f"{name}.yml").read_text(encoding="utf-8"))
    except YAMLError as error:
        raise PersonaError(f"{folder / name}.yml: {error}") from None
    if not isinstance(own, dict):
        raise PersonaError(f"{folder / name}.yml: a mapping is needed")
    like = own.pop("like", None)
    own["facts"] = {slot: _listed(fact) for slot, fact in (own.get("facts") or {}).items()}
    if like is None:
        return own
    base = _merged(folder, like, (*seen, name))
    return {**base, **own, **{key: _over(base, own, key) for key in ("facts", "cues", "script")}}


def _over(base: Mapping[str, Any], own: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {**(base.get(key) or {}), **(own.get(key) or {})}


def _listed(fact: Any) -> list[Any]:
    return fact if isinstance(fact, list) else [fact]
