"""Every kind of value by its table in `cases/`: what is said, and what is taken from it."""

from typing import Any

import pytest

from assistant.dialogue.meaning import Value, ValueKind
from assistant.understanding import Context, Lexicon, understand
from assistant.understanding.values import PARSERS
from tests.understanding.conftest import context_of, table

KINDS = [kind for kind in PARSERS if kind is not ValueKind.SYMPTOMS]
LEAST_CASES = 40


def _cases(kinds: list[ValueKind]) -> list[Any]:
    rows = []
    for kind in kinds:
        document = table(kind.value)
        for case in document["cases"]:
            name = f"{kind.value}-{case['say']}-{case.get('question', '')}"
            rows.append(pytest.param(kind, case, context_of(case, document), id=name))
    return rows


def _taken(kind: ValueKind, case: dict[str, Any], context: Context, lexicon: Lexicon) -> list[Value]:
    return [value for value in understand(case["say"], context, lexicon).values if value.kind is kind]


def _wanted(kind: ValueKind, case: dict[str, Any]) -> Any:
    value = case["value"]
    if kind is ValueKind.BLOOD_PRESSURE:
        return {"systolic": value[0], "diastolic": value[1]}
    return value


@pytest.mark.parametrize("kind", list(ValueKind))
def test_every_kind_has_a_parser_and_enough_cases(kind: ValueKind) -> None:
    assert kind in PARSERS
    assert len(table(kind.value)["cases"]) >= LEAST_CASES


@pytest.mark.parametrize(("kind", "case", "context"), _cases(KINDS))
def test_value(kind: ValueKind, case: dict[str, Any], context: Context, lexicon: Lexicon) -> None:
    taken = _taken(kind, case, context, lexicon)
    if case.get("none"):
        assert taken == []
        return
    assert len(taken) == 1
    value = taken[0]
    assert value.needs_confirmation == case.get("confirm", False)
    if "value" in case:
        assert value.value == _wanted(kind, case)
        assert value.approx == case.get("approx", False)
        assert value.lunar == case.get("lunar", False)
    if "words" in case:
        assert case["say"][value.span[0] : value.span[1]] == case["words"]


@pytest.mark.parametrize(("kind", "case", "context"), _cases([ValueKind.SYMPTOMS]))
def test_symptoms(kind: ValueKind, case: dict[str, Any], context: Context, lexicon: Lexicon) -> None:
    taken = _taken(kind, case, context, lexicon)
    if case.get("nothing"):
        assert taken == []
        return
    assert len(taken) == 1
    assert taken[0].needs_confirmation == case.get("confirm", False)
    value = taken[0].value
    if case.get("confirm"):
        assert value is None
        return
    assert isinstance(value, dict)
    for status in ("present", "absent", "unsure"):
        assert set(value[status]) == set(case.get(status, []))  # type: ignore[arg-type]
    assert value.get("none", False) == case.get("none", False)
