"""The danger-sign rules of the content, read and compiled."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.understanding.terms import Found, LexiconError, gap_of, gapped

RED_FLAGS = "nlu/red_flags.yml"

CRITICAL_PRESSURE, LOW_SUGAR, HIGH_SUGAR = "$critical_pressure", "$low_sugar", "$high_sugar"
MEASURED = frozenset({CRITICAL_PRESSURE, LOW_SUGAR, HIGH_SUGAR})


@dataclass(frozen=True, slots=True)
class Rule:
    """One danger: any of `lines`, each a set of signs that must all be told of one person.

    `source` is the document it comes from; whether that was verified stands beside it in the content.
    `three_days`: counts for three days, passed or not. `lasting`: counts however long it has been so.
    """

    rule: str
    title: str
    source: str
    lines: tuple[frozenset[str], ...]
    three_days: bool
    lasting: bool
    unless: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class RedFlagRules:
    """All rules, and the pattern of every sign they use."""

    rules: tuple[Rule, ...]
    signs: Mapping[str, re.Pattern[str]]

    def signs_in(self, text: str) -> dict[str, list[Found]]:
        """Where each sign occurs in the normalised `text`."""
        found = {}
        for sign, pattern in self.signs.items():
            places = [Found(sign, m.start(), m.end(), gap_of(m)) for m in pattern.finditer(text)]
            if places:
                found[sign] = places
        return found

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> "RedFlagRules":
        """Read the document of `nlu/red_flags.yml`. Raises LexiconError."""
        signs = document.get("signs") or {}
        compiled = {}
        for sign, patterns in signs.items():
            try:
                compiled[str(sign)] = re.compile("|".join(gapped(str(pattern)) for pattern in patterns))
            except (re.error, TypeError) as error:
                raise LexiconError(
                    f"{RED_FLAGS}: sign `{sign}` is no list of valid patterns: {error}"
                ) from None
        rules = tuple(
            _rule(row, compiled, document.get("sources") or {}) for row in document.get("rules") or []
        )
        return cls(rules, compiled)


def _rule(row: Mapping[str, Any], signs: Mapping[str, re.Pattern[str]], sources: Mapping[str, Any]) -> Rule:
    try:
        lines = tuple(frozenset(str(sign) for sign in line) for line in row["any"])
        name, title, within = str(row["rule"]), str(row["title"]), row.get("within", "now")
        unless = re.compile(row["unless"]) if row.get("unless") else None
    except (KeyError, TypeError, re.error) as error:
        raise LexiconError(
            f"{RED_FLAGS}: rule {row!r} needs rule, title, any and valid patterns: {error}"
        ) from None
    source = sources.get(str(row.get("source")))
    if not isinstance(source, dict) or not source.get("document"):
        raise LexiconError(f"{RED_FLAGS}: rule `{name}` needs a source that is named under `sources`")
    if within not in ("now", "three_days"):
        raise LexiconError(f"{RED_FLAGS}: rule `{name}`: within must be now or three_days, not {within!r}")
    unknown = sorted(sign for line in lines for sign in line if sign not in signs and sign not in MEASURED)
    if unknown or not lines:
        raise LexiconError(
            f"{RED_FLAGS}: rule `{name}` names unknown signs {unknown}; define them under `signs`"
        )
    return Rule(
        name, title, str(source["document"]), lines, within == "three_days", bool(row.get("lasting")), unless
    )
