"""The words of the field (symptoms, medicines, danger signs), read from the content files.

Parsing only: the texts are handed in, so that a conversation keeps the version it began with.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from assistant.understanding.red_flag_rules import RED_FLAGS, RedFlagRules
from assistant.understanding.terms import LexiconError, TermFinder

SYMPTOMS = "nlu/symptoms.yml"
MEDICINES = "nlu/medicines.yml"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The word lists behind the grammar. `terms` are the standard terms of the symptoms."""

    terms: frozenset[str]
    symptoms: TermFinder
    medicines: TermFinder
    red_flags: RedFlagRules

    @classmethod
    def parse(cls, files: Mapping[str, str]) -> "Lexicon":
        """Build from content files, `{path under nlu_data: text}`. Raises LexiconError."""
        symptoms = _entries(files, SYMPTOMS, "symptoms", "term")
        medicines = _entries(files, MEDICINES, "medicines", "name")
        return cls(
            frozenset(term for _, term in symptoms),
            _finder(SYMPTOMS, symptoms),
            _finder(MEDICINES, medicines),
            RedFlagRules.parse(_document(files, RED_FLAGS)),
        )


def _document(files: Mapping[str, str], path: str) -> Mapping[str, Any]:
    if path not in files:
        raise LexiconError(f"{path}: the file is missing; add it to the content")
    try:
        document = YAML(typ="safe", pure=True).load(files[path])
    except YAMLError as error:
        raise LexiconError(f"{path}: not YAML: {error}") from None
    if not isinstance(document, dict):
        raise LexiconError(f"{path}: must be a mapping at the top")
    return document


def _entries(files: Mapping[str, str], path: str, section: str, key: str) -> list[tuple[str, str]]:
    rows = _document(files, path).get(section)
    if not isinstance(rows, list) or not rows:
        raise LexiconError(f"{path}: needs a non-empty list `{section}`")
    entries: list[tuple[str, str]] = []
    for number, row in enumerate(rows, 1):
        if (
            not isinstance(row, dict)
            or not isinstance(row.get(key), str)
            or not isinstance(row.get("words"), list)
        ):
            raise LexiconError(f"{path}: entry {number} of `{section}` needs `{key}` and a list `words`")
        entries.extend((str(word), row[key]) for word in row["words"])
    return entries


def _finder(path: str, entries: list[tuple[str, str]]) -> TermFinder:
    try:
        return TermFinder(entries)
    except re.error as error:
        raise LexiconError(f"{path}: a word is no valid pattern: {error.pattern!r}: {error}") from None
