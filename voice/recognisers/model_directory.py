"""Checks a Vosk model directory before libvosk sees it, since libvosk may crash on a damaged one.

A directory built by `voice.training` has a `manifest.json` with the SHA-256 of every file; one from elsewhere
has none, and only the files that Vosk cannot do without are looked for.
"""

import hashlib
import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from voice.ports import ModelInfo, ModelKind, ModelUnusable

MANIFEST = "manifest.json"
FINGERPRINTED = ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf", "graph/HCLG.fst", "graph/words.txt")
"""The files of our own models."""
_ALTERNATIVES = (
    ("am/final.mdl", "final.mdl"),
    ("conf/mfcc.conf", "mfcc.conf"),
    ("graph/words.txt", "words.txt"),
    ("graph/HCLG.fst", "graph/HCLr.fst", "HCLG.fst", "HCLr.fst"),
)
"""What every Vosk model needs; each may be in one of these places (the two layouts that Vosk knows)."""


class Manifest(BaseModel):
    """What `voice.training` records about the model that it built."""

    model_config = ConfigDict(frozen=True)

    name: str
    kind: ModelKind
    description: str
    files: dict[str, str]
    """SHA-256 by path."""
    words: int
    espeak: str
    built: str
    figures: dict[str, dict[str, float]]
    """Measured per test set: see the model's README."""


def inspect(directory: Path) -> ModelInfo:
    """What the directory holds. Raises `ModelUnusable`: missing, incomplete or damaged."""
    if not directory.is_dir():
        raise ModelUnusable(
            f"There is no model directory {directory}; put a Vosk model there or name another in config.yml"
        )
    manifest = directory / MANIFEST
    if manifest.exists():
        return _ours(directory, manifest)
    for places in _ALTERNATIVES:
        found = [directory / place for place in places if (directory / place).is_file()]
        if not found:
            raise ModelUnusable(
                f"The model in {directory} is incomplete: {places[0]} is missing. Unpack the model again"
            )
        if found[0].stat().st_size == 0:
            raise ModelUnusable(
                f"The model in {directory} is damaged: {found[0]} is empty. Unpack the model again"
            )
    return ModelInfo(directory.name, "published", "a Vosk model without a manifest of this project")


def _ours(directory: Path, path: Path) -> ModelInfo:
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except (ValidationError, json.JSONDecodeError) as error:
        raise ModelUnusable(
            f"{path} is damaged and cannot be read; rebuild the model as its README says"
        ) from error
    for name, expected in manifest.files.items():
        file = directory / name
        if not file.is_file():
            raise ModelUnusable(
                f"The model in {directory} is incomplete: {name} is missing. Rebuild or restore it"
            )
        if fingerprint(file) != expected:
            raise ModelUnusable(
                f"The model in {directory} is damaged: {name} is not the file that was built. "
                "Rebuild or restore it"
            )
    return ModelInfo(manifest.name, manifest.kind, manifest.description, manifest.words)


def fingerprint(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
