"""The card of a model folder: what the model is, which files make it up, and how its outputs are read."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

CARD_FILE = "card.json"
ONNX_FILE = "encoder.int8.onnx"
WEIGHTS_FILE = "weights.safetensors"
TOKENIZER_FILE = "tokenizer.model"
PRETRAINED_TOKENIZER_FILE = "tokenizer.json"
PRETRAINED_CONFIG_FILE = "encoder.json"
VOCABULARY_FILE = "vocabulary.npz"

FORMAT: Literal[1] = 1
RESTORE = "restore the folder or train the model again"


class ModelError(Exception):
    """A model folder cannot be used. The message says which folder, what is wrong and what to do."""


class Labels(BaseModel):
    """The names behind the columns of the outputs, in order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    intents: list[str]
    acts: list[str] = []
    entities: list[str] = []


class DataFacts(BaseModel):
    """What the model was trained on: a hash of the examples in order, and how many there were."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hash: str
    examples: int


class InScope(BaseModel):
    """How sure the model is that an utterance is any trained intent other than `out_of_scope`.

    The probability is `sigmoid(bias + sum of weight * evidence)`, the evidence being that of
    `decoding.scope_evidence`. With no weights (no `out_of_scope` examples to learn from) it is the
    probability of the best intent. Below `threshold` an utterance is out of scope: the score that
    `false_rejection` of the held-out utterances in scope fall under.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    weights: dict[str, float] = {}
    bias: float = 0.0
    threshold: float = 0.0
    false_rejection: float = 0.05


class Calibration(BaseModel):
    """What turns raw outputs into probabilities, learned on held-out examples."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    temperature: float = Field(default=1.0, gt=0)
    act_temperature: float = Field(default=1.0, gt=0)
    in_scope: InScope = InScope()
    transitions: list[list[float]] = []
    """[from, to] scores of the entity boundaries, in the order of `decoding.BOUNDARIES`."""


class Card(BaseModel):
    """Everything that a runtime must know beside the files themselves."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = FORMAT
    name: str
    version: str
    fingerprint: str = ""
    """SHA-256 over files, labels, pipeline and calibration: two models that answer alike share it."""
    files: dict[str, str] = {}
    """File name to SHA-256 of its content."""
    labels: Labels
    acts_of_intents: dict[str, str] = {}
    """The act that each intent performs; where it covers every intent, acts follow from intents."""
    pipeline: dict[str, Any] = {}
    data: DataFacts
    seed: int
    calibration: Calibration = Calibration()
    metrics: dict[str, Any] = {}
    rebuild: str = ""
    """The command that trains this model again."""


def sha256_of(path: Path) -> str:
    """Hexadecimal SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprint_of(card: Card) -> str:
    """The hash of all that decides the answers of a model."""
    parts = {"format", "files", "labels", "acts_of_intents", "pipeline", "calibration"}
    deciding = card.model_dump(include=parts)
    canonical = json.dumps(deciding, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def write_card(folder: Path, card: Card, files: Mapping[str, Path] | None = None) -> Card:
    """Hashes the files of the folder into the card, completes its fingerprint and writes it.

    `files` defaults to every file of the folder but the card. Returns the card as written.
    """
    present = files or {path.name: path for path in sorted(folder.iterdir()) if _belongs(path)}
    card = card.model_copy(update={"files": {name: sha256_of(path) for name, path in present.items()}})
    card = card.model_copy(update={"fingerprint": fingerprint_of(card)})
    text = json.dumps(card.model_dump(), ensure_ascii=False, indent=1)
    (folder / CARD_FILE).write_text(text + "\n", encoding="utf-8")
    return card


def _belongs(path: Path) -> bool:
    return path.is_file() and path.name != CARD_FILE and not path.name.startswith(".")


def read_card(folder: Path, *, verify: bool = True) -> Card:
    """Reads the card and, unless told otherwise, checks every file against its hash.

    Raises ModelError where the folder, the card or a file is missing, unreadable or not what the card says.
    """
    path = folder / CARD_FILE
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        advice = "name a model folder, or make one with `assistant train`"
        raise ModelError(f"{folder}: no {CARD_FILE}; {advice}") from None
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: cannot be read ({error}); {RESTORE}") from None
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        found = raw.get("format") if isinstance(raw, dict) else type(raw).__name__
        raise ModelError(f"{path}: format {found!r}, not {FORMAT} as read here; train the model again")
    try:
        card = Card.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ModelError(f"{path}: {where}: {first['msg']}; {RESTORE}") from None
    _check(folder, card, verify)
    return card


def _check(folder: Path, card: Card, verify: bool) -> None:
    if card.fingerprint != fingerprint_of(card):
        raise ModelError(f"{folder / CARD_FILE}: edited or damaged (its fingerprint does not fit); {RESTORE}")
    for name, digest in card.files.items():
        path = folder / name
        if not path.is_file():
            raise ModelError(f"{path}: missing; {RESTORE}")
        if verify and sha256_of(path) != digest:
            raise ModelError(f"{path}: not the file that the card names (its hash differs); {RESTORE}")
