"""The file that names the active model: small, whole at every moment, with the history for the way back."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.understanding.model.card import ModelError

POINTER_FILE = "active.json"
LONGEST_HISTORY = 20


class Choice(BaseModel):
    """A version that was made active: which one, the fingerprint it then had, and when."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    fingerprint: str
    at: datetime | None = None
    """None for the shipped version that serves while nobody has chosen."""

    def same(self, other: "Choice") -> bool:
        """Whether both are the same model, whenever they were chosen."""
        return (self.version, self.fingerprint) == (other.version, other.fingerprint)


class Pointer(BaseModel):
    """What the file holds. `history` are the choices before, the latest last."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    active: Choice
    history: tuple[Choice, ...] = ()

    def then(self, choice: Choice) -> "Pointer":
        """The pointer after `choice` has become active."""
        return Pointer(active=choice, history=(*self.history, self.active)[-LONGEST_HISTORY:])


def read_pointer(folder: Path) -> Pointer | None:
    """The pointer of a folder, None when nobody has chosen yet. Raises ModelError when it is damaged."""
    path = folder / POINTER_FILE
    try:
        return Pointer.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, ValidationError):
        raise ModelError(
            f"{path}: does not say which model is active; choose one with `assistant models activate VERSION`"
        ) from None


def write_pointer(folder: Path, pointer: Pointer) -> None:
    """Replace the pointer in one step: a reader, or a machine that dies, finds the old one or the new one."""
    path = folder / POINTER_FILE
    fresh = folder / f".{POINTER_FILE}.new"
    with fresh.open("w", encoding="utf-8") as file:
        file.write(pointer.model_dump_json(indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keeps other processes from changing the pointer meanwhile. Raises ModelError where none can write."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("w")
    except OSError as error:
        raise ModelError(
            f"{folder}: cannot be written ({error.strerror}); allow it, or name another folder"
        ) from None
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def mark_of(folder: Path) -> tuple[int, int, int] | None:
    """Changes whenever the pointer is replaced; None while there is none. Costs one system call."""
    try:
        status = (folder / POINTER_FILE).stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size
