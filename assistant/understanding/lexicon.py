"""What the operator's language data says: symptoms, medicines, danger signs, and the act of each intent."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from assistant.dialogue.meaning import Act
from assistant.understanding.red_flag_rules import RED_FLAGS, RedFlagRules
from assistant.understanding.terms import LexiconError, TermFinder

SYMPTOMS = "nlu/symptoms.yml"
MEDICINES = "nlu/medicines.yml"
INTENTS = "domain/intents.yml"
FILES = (SYMPTOMS, MEDICINES, RED_FLAGS, INTENTS)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The word lists behind the grammar. `terms` are the standard terms of the symptoms.

    `acts` names the act that each intent performs.
    """

    terms: frozenset[str]
    symptoms: TermFinder
    medicines: TermFinder
    red_flags: RedFlagRules
    acts: Mapping[str, Act]

    def act_of(self, intent: str) -> Act:
        """The act that an intent performs; `off_topic` for one that has none of its own."""
        return self.acts.get(intent, Act.OFF_TOPIC)

    @classmethod
    def load(cls, content_home: Path) -> "Lexicon":
        """Read from the content folder. Raises LexiconError."""
        paths = {name: content_home / name for name in FILES}
        return cls.parse(
            {name: path.read_text(encoding="utf-8") for name, path in paths.items() if path.is_file()}
        )

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
            _acts(files),
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


def _acts(files: Mapping[str, str]) -> dict[str, Act]:
    acts: dict[str, Act] = {}
    for row in _document(files, INTENTS).get("intents") or ():
        try:
            ((intent, given),) = row.items()
            acts[str(intent)] = Act(given["act"])
        except (AttributeError, KeyError, TypeError, ValueError):
            known = ", ".join(Act)
            raise LexiconError(f"{INTENTS}: {row!r} must be `intent: {{act: ...}}`, one of {known}") from None
    return acts


def _finder(path: str, entries: list[tuple[str, str]]) -> TermFinder:
    try:
        return TermFinder(entries)
    except re.error as error:
        raise LexiconError(f"{path}: a word is no valid pattern: {error.pattern!r}: {error}") from None
