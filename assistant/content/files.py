"""The files that a version of the dialogs consists of, and their digest."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

FOLDERS = ("domain", "flows", "forms")
"""Folders below the content folder whose files decide what the assistant says and asks."""


def read(home: Path) -> dict[str, str]:
    """The texts below `home` (the content folder) by relative path. Raises FileNotFoundError without any."""
    files = {
        path.relative_to(home).as_posix(): path.read_text(encoding="utf-8")
        for folder in FOLDERS
        for path in sorted((home / folder).rglob("*.yml"))
    }
    if not files:
        raise FileNotFoundError(f"no flows, forms or domain files below {home}")
    return files


def digest(files: Mapping[str, str]) -> str:
    """Version of the content: the same texts give the same version on every machine."""
    total = sha256()
    for name in sorted(files):
        total.update(name.encode() + b"\0" + files[name].encode() + b"\0")
    return total.hexdigest()[:16]
