"""The danger-sign rules of the content, read and compiled."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.understanding.homophones import Homophones
from assistant.understanding.terms import Found, LexiconError, gap_of, gapped

RED_FLAGS = "nlu/red_flags.yml"

CRITICAL_PRESSURE, LOW_SUGAR, HIGH_SUGAR = "$critical_pressure", "$low_sugar", "$high_sugar"
MEASURED = frozenset({CRITICAL_PRESSURE, LOW_SUGAR, HIGH_SUGAR})

_WORD = re.compile(r"\{([a-z]+)\}")
_SAME_CLAUSE = "([^,。;!?]{0,6}?)"
_BEYOND_COMMAS = "(?:[^。;!?]{0,14}?)"


@dataclass(frozen=True, slots=True)
class Rule:
    """One danger: any of `lines`, each a set of signs that must all be told of one person.

    `source` is the document it comes from; whether that was verified stands beside it in the content.
    `three_days`: counts for three days, passed or not. `lasting`: counts however long it has been so.
    `unless` finds what explains the signs harmlessly, `despite` what keeps the explanation from counting.
    """

    rule: str
    title: str
    source: str
    lines: tuple[frozenset[str], ...]
    three_days: bool
    lasting: bool
    unless: re.Pattern[str] | None
    despite: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class RedFlagRules:
    """All rules, and the pattern of every sign they use.

    `circumstances` are signs that hold when a question names them.
    """

    rules: tuple[Rule, ...]
    signs: Mapping[str, re.Pattern[str]]
    circumstances: frozenset[str]
    homophones: Homophones

    def signs_in(self, text: str) -> dict[str, list[Found]]:
        """Where each sign occurs in the normalised `text`."""
        found = {}
        for sign, pattern in self.signs.items():
            places = [Found(sign, m.start(), m.end(), gap_of(m)) for m in pattern.finditer(text) if m.group()]
            if places:
                found[sign] = places
        return found

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> "RedFlagRules":
        """Read the document of `nlu/red_flags.yml`. Raises LexiconError."""
        words = {str(name): str(word) for name, word in (document.get("words") or {}).items()}
        compiled = {}
        for sign, patterns in (document.get("signs") or {}).items():
            try:
                compiled[str(sign)] = re.compile("|".join(_expanded(str(p), words) for p in patterns))
            except (re.error, TypeError, KeyError) as error:
                raise LexiconError(
                    f"{RED_FLAGS}: sign `{sign}` is no list of valid patterns: {error}"
                ) from None
        circumstances = frozenset(str(sign) for sign in document.get("circumstances") or ())
        if unknown := sorted(circumstances - compiled.keys()):
            raise LexiconError(f"{RED_FLAGS}: circumstances {unknown} are no `signs`; define them there")
        rules = tuple(
            _rule(row, compiled, document.get("sources") or {}) for row in document.get("rules") or []
        )
        homophones = Homophones(document.get("mended") or (), document.get("sounds") or ())
        return cls(rules, compiled, circumstances, homophones)


def _expanded(pattern: str, words: Mapping[str, str]) -> str:
    """The regular expression of a pattern. Raises KeyError for a word that is not among `words`."""
    pattern = _WORD.sub(lambda found: words[found.group(1)], pattern)
    return gapped(pattern.replace("……", _BEYOND_COMMAS).replace("…", _SAME_CLAUSE))


def _rule(row: Mapping[str, Any], signs: Mapping[str, re.Pattern[str]], sources: Mapping[str, Any]) -> Rule:
    try:
        lines = tuple(frozenset(str(sign) for sign in line) for line in row["any"])
        name, title, within = str(row["rule"]), str(row["title"]), row.get("within", "now")
        unless, despite = (re.compile(row[key]) if row.get(key) else None for key in ("unless", "despite"))
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
        rule=name,
        title=title,
        source=str(source["document"]),
        lines=lines,
        three_days=within == "three_days",
        lasting=bool(row.get("lasting")),
        unless=unless,
        despite=despite,
    )
