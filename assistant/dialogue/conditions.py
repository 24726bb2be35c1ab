"""Expressions in flows and forms: parsed once, evaluated in the sandbox of `simpleeval`, never by eval.

The language is Python's expression syntax over the names of `view.NAMES` and the functions below. What is
not known reads as false and compares as false (`slots.blood_pressure.systolic >= 180` with no reading).
"""

import ast
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from simpleeval import AttributeDoesNotExist, EvalWithCompoundTypes, InvalidExpression

from assistant.dialogue.view import ABSENT, NAMES, Absent, View, plain, seen


class ConditionError(ValueError):
    """An expression that cannot be parsed, names something unknown, or cannot be evaluated."""


def _any_of(found: Any, wanted: Any) -> bool:
    return not isinstance(found, Absent) and any(item in found for item in wanted)


def _count(items: Any) -> int:
    return 0 if isinstance(items, Absent) else len(items)


def _contains(text: Any, part: str) -> bool:
    return not isinstance(text, Absent) and part in str(text)


def _same(one: Any, other: Any) -> bool:
    """Whether both are known and equal: two unknowns prove nothing."""
    return not isinstance(one, Absent) and not isinstance(other, Absent) and bool(one == other)


def _listed(items: Any) -> Any:
    """Items as one enumeration, absent when there are none."""
    return "、".join(str(item) for item in items) or ABSENT


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "any_of": _any_of,
    "count": _count,
    "contains": _contains,
    "same": _same,
    "listed": _listed,
    "abs": abs,
    "int": int,
}


@lru_cache(maxsize=4096)
def parsed(expression: str) -> ast.stmt:
    """The syntax tree of an expression, checked: `ConditionError` says what is wrong with it."""
    try:
        tree = ast.parse(expression.strip(), mode="exec")
    except SyntaxError as error:
        raise ConditionError(f"not an expression: {expression!r} ({error.msg})") from None
    if len(tree.body) != 1 or not isinstance(tree.body[0], ast.Expr):
        raise ConditionError(f"not an expression: {expression!r}")
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    bound = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    for node in names:
        if node.id not in {*NAMES, *FUNCTIONS, *bound}:
            raise ConditionError(f"unknown name {node.id!r} in {expression!r}; known: {', '.join(NAMES)}")
    return tree.body[0]


def names_read(expression: str) -> set[tuple[str, str | None]]:
    """The (name, attribute) pairs that an expression reads: `slots.salt` gives ("slots", "salt")."""
    pairs: set[tuple[str, str | None]] = set()
    attributes: set[int] = set()
    for node in ast.walk(parsed(expression)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            pairs.add((node.value.id, node.attr))
            attributes.add(id(node.value))
    for node in ast.walk(parsed(expression)):
        if isinstance(node, ast.Name) and id(node) not in attributes and node.id in NAMES:
            pairs.add((node.id, None))
    return pairs


class _Evaluator(EvalWithCompoundTypes):  # type: ignore[misc]
    """The sandbox, in which an attribute that a value does not have is absent, not an error."""

    def _eval_attribute(self, node: ast.Attribute) -> Any:
        try:
            return super()._eval_attribute(node)
        except AttributeDoesNotExist:
            return ABSENT


def evaluate(expression: str, view: View) -> Any:
    """The value of an expression, None for what is not known."""
    names = {name: view[name] for name in NAMES}
    names |= {"True": True, "False": False, "None": None}
    evaluator = _Evaluator(names=names, functions=FUNCTIONS)
    try:
        return plain(evaluator.eval(expression, previously_parsed=parsed(expression)))
    except ConditionError:
        raise
    except (InvalidExpression, TypeError, ValueError, KeyError, IndexError, ArithmeticError) as error:
        raise ConditionError(f"cannot evaluate {expression!r}: {error}") from None


def holds(expression: str, view: View) -> bool:
    """Whether a condition holds."""
    return bool(seen(evaluate(expression, view)))
