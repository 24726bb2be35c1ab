"""A search as it stands in a URL, understood: conditions, order, page and what else to bring along."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from assistant.records import dates
from assistant.records.dates import Comparison, Interval
from assistant.records.errors import FhirError, Issue, refuse
from assistant.records.search_parameters import STORED_TYPES, Kind, SearchParameter, parameters_of

DEFAULT_COUNT = 50
MAX_COUNT = 500

_SILENT = frozenset({"_format", "_pretty", "_total"})
_MODIFIERS = {
    Kind.TOKEN: {"not"},
    Kind.STRING: {"contains"},
    Kind.REFERENCE: set(STORED_TYPES),
    Kind.CANONICAL: set(),
    Kind.DATE: set(),
    Kind.URI: set(),
}


@dataclass(frozen=True)
class Token:
    """`system|code`. `system` None: any; empty: none. `code` None: any."""

    system: str | None
    code: str | None


@dataclass(frozen=True)
class Text:
    """One of the stored values, whole, at the beginning, or anywhere in it."""

    values: tuple[str, ...]
    match: str = "whole"


@dataclass(frozen=True)
class Dated:
    """A date and how to compare with it."""

    comparison: Comparison
    interval: Interval


@dataclass(frozen=True)
class Missing:
    """Whether there is no value at all."""

    missing: bool


Alternative = Token | Text | Dated | Missing


@dataclass(frozen=True)
class Condition:
    """A parameter and its alternatives, of which one must hold; none may where `negated`."""

    parameter: str
    alternatives: tuple[Alternative, ...]
    negated: bool = False


@dataclass(frozen=True)
class Order:
    """A sort key."""

    parameter: str
    descending: bool


@dataclass(frozen=True)
class Include:
    """Also give the resources that found ones refer to (or, reversed, that refer to them) by `parameter`."""

    source: str
    parameter: str
    target: str | None
    reversed: bool


@dataclass(frozen=True)
class Query:
    """A search that can be run. `applied` are the parameters it took, for the page links; `ignored` the
    issues of those that it did not know."""

    type: str
    conditions: tuple[Condition, ...] = ()
    order: tuple[Order, ...] = ()
    includes: tuple[Include, ...] = ()
    count: int = DEFAULT_COUNT
    offset: int = 0
    applied: tuple[tuple[str, str], ...] = ()
    ignored: tuple[Issue, ...] = ()


def parse(resource_type: str, parameters: Iterable[tuple[str, str]], strict: bool = False) -> Query:
    """Understand the decoded name-value pairs of a search.

    A parameter that is not known is left out and named in `ignored`, or, where `strict`, refused (400).
    A known one with a value or modifier that makes no sense is always refused.
    """
    builder = _Builder(resource_type)
    for name, value in parameters:
        if not value or not builder.take(name, value):
            reason = "has no value" if not value else f"is not known for {resource_type}"
            issue = Issue("not-supported", f"the search parameter {name!r} {reason}", name, "warning")
            if strict:
                raise refuse(400, "not-supported", issue.diagnostics, name)
            builder.ignored.append(issue)
    return builder.query()


class _Builder:
    """Collects a query one parameter at a time."""

    def __init__(self, resource_type: str) -> None:
        self.type = resource_type
        self.known = parameters_of(resource_type)
        self.conditions: list[Condition] = []
        self.order: tuple[Order, ...] = ()
        self.includes: list[Include] = []
        self.page = {"_count": DEFAULT_COUNT, "_offset": 0}
        self.applied: list[tuple[str, str]] = []
        self.ignored: list[Issue] = []

    def take(self, name: str, value: str) -> bool:
        """Take one parameter; False where it is not known."""
        if name in _SILENT:
            return True
        base, _, modifier = name.partition(":")
        if base in ("_count", "_offset"):
            self.page[base] = _whole_number(name, value)
            return True
        special: dict[str, Callable[[str, str], bool]] = {
            "_sort": self._sort,
            "_include": self._include,
            "_revinclude": self._include,
            "_summary": self._summary,
        }
        if base in special:
            known = special[base](base, value)
        elif base in ("_id", "_lastUpdated"):
            known = self._resource_condition(base, modifier, value)
        else:
            known = base in self.known
            if known:
                self.conditions.append(_condition(self.known[base], modifier, value))
        if known:
            self.applied.append((name, value))
        return known

    def query(self) -> Query:
        return Query(
            self.type,
            tuple(self.conditions),
            self.order,
            tuple(self.includes),
            min(self.page["_count"], MAX_COUNT),
            self.page["_offset"],
            tuple(self.applied),
            tuple(self.ignored),
        )

    def _resource_condition(self, base: str, modifier: str, value: str) -> bool:
        if modifier:
            raise _no_modifier(base, modifier)
        if base == "_id":
            alternatives: tuple[Alternative, ...] = (Text(tuple(split(value, ","))),)
        else:
            alternatives = tuple(_dated(base, item) for item in split(value, ","))
        self.conditions.append(Condition(base, alternatives))
        return True

    def _sort(self, name: str, value: str) -> bool:
        order = [Order(key.removeprefix("-"), key.startswith("-")) for key in value.split(",")]
        for key in order:
            if key.parameter not in self.known and key.parameter not in ("_lastUpdated", "_id"):
                raise refuse(400, "not-supported", f"cannot sort {self.type} by {key.parameter!r}", name)
        self.order = tuple(order)
        return True

    def _summary(self, name: str, value: str) -> bool:
        if value == "count":
            self.page["_count"] = 0
        return value in ("count", "false")

    def _include(self, name: str, value: str) -> bool:
        source, _, rest = value.partition(":")
        parameter, _, target = rest.partition(":")
        known = source in STORED_TYPES and (
            parameter in parameters_of(source) and parameters_of(source)[parameter].kind is Kind.REFERENCE
        )
        if not known:
            raise refuse(400, "not-supported", f"{name} cannot follow {value!r}", name)
        self.includes.append(Include(source, parameter, target or None, name == "_revinclude"))
        return True


def split(text: str, separator: str) -> list[str]:
    """Parts between separators; a backslash before one, or before another backslash, makes it text."""
    parts = re.findall(rf"(?:\\.|[^\\{re.escape(separator)}])+", text, flags=re.DOTALL)
    return [part for part in parts if part]


def unescape(text: str) -> str:
    """Take the backslashes off."""
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def _condition(parameter: SearchParameter, modifier: str, value: str) -> Condition:
    if modifier == "missing":
        if value not in ("true", "false"):
            raise refuse(400, "value", f"{parameter.name}:missing is true or false", parameter.name)
        return Condition(parameter.name, (Missing(value == "true"),))
    if modifier and modifier not in _MODIFIERS[parameter.kind]:
        raise _no_modifier(parameter.name, modifier)
    alternatives = [_alternative(parameter, modifier, item) for item in split(value, ",")]
    if not alternatives:
        raise refuse(400, "value", f"{parameter.name} has no value", parameter.name)
    return Condition(parameter.name, tuple(alternatives), negated=modifier == "not")


def _alternative(parameter: SearchParameter, modifier: str, value: str) -> Alternative:
    match parameter.kind:
        case Kind.TOKEN:
            return token(value)
        case Kind.DATE:
            return _dated(parameter.name, value)
        case Kind.STRING:
            match = "anywhere" if modifier == "contains" else "beginning"
            return Text((unescape(value).casefold(),), match)
        case Kind.REFERENCE:
            return _reference(unescape(value), parameter.target or modifier or None)
        case Kind.CANONICAL | Kind.URI:
            return Text((unescape(value),))


def token(value: str) -> Token:
    """`code`, `system|code`, `|code` or `system|`."""
    parts = re.fullmatch(r"((?:\\.|[^\\|])*)\|(.*)", value, flags=re.DOTALL)
    if parts is None:
        return Token(None, unescape(value))
    return Token(unescape(parts[1]), unescape(parts[2]) or None)


def _reference(value: str, target: str | None) -> Text:
    """A bare id may be of any type; `Type/id` and a URL stand for themselves."""
    if "/" in value or ":" in value:
        return Text((value,))
    types: Sequence[str] = (target,) if target else STORED_TYPES
    return Text(tuple(f"{resource_type}/{value}" for resource_type in types))


def _dated(name: str, value: str) -> Dated:
    """A `+` in a time zone often arrives as a blank."""
    prefix = value[:2] if value[:2].isalpha() else ""
    try:
        comparison = Comparison(prefix or "eq")
    except ValueError:
        known = ", ".join(Comparison)
        raise refuse(400, "value", f"{name}: the prefix {prefix!r} is none of {known}", name) from None
    try:
        return Dated(comparison, dates.interval(value[len(prefix) :].replace(" ", "+")))
    except ValueError as error:
        raise refuse(400, "value", f"{name}: {error}", name) from error


def _whole_number(name: str, value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        raise refuse(400, "value", f"{name} must be a whole number", name)
    return int(value)


def _no_modifier(name: str, modifier: str) -> FhirError:
    return refuse(400, "not-supported", f"{name} does not take the modifier :{modifier}", name)
