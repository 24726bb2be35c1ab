"""What a search in a URL means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.records import FhirError
from assistant.records.dates import Comparison, interval
from assistant.records.queries import (
    MAX_COUNT,
    Condition,
    Dated,
    Order,
    Text,
    Token,
    parse,
    split,
    token,
    unescape,
)


def only(resource_type: str, name: str, value: str) -> Condition:
    (condition,) = parse(resource_type, [(name, value)]).conditions
    return condition


@pytest.mark.parametrize(
    ("value", "meaning"),
    [
        ("final", Token(None, "final")),
        ("http://loinc.org|85354-9", Token("http://loinc.org", "85354-9")),
        ("|85354-9", Token("", "85354-9")),
        ("http://loinc.org|", Token("http://loinc.org", None)),
        (r"urn:x|a\|b\,c", Token("urn:x", "a|b,c")),
    ],
)
def test_tokens(value: str, meaning: Token) -> None:
    assert only("Observation", "code", value).alternatives == (meaning,)


def test_commas_are_alternatives_and_repetition_adds() -> None:
    query = parse("Task", [("status", "requested,accepted"), ("status", "ready")])
    assert [condition.alternatives for condition in query.conditions] == [
        (Token(None, "requested"), Token(None, "accepted")),
        (Token(None, "ready"),),
    ]


def test_a_patient_is_named_in_three_ways() -> None:
    whole = (Text(("Patient/resident-1",)),)
    assert only("Observation", "patient", "resident-1").alternatives == whole
    assert only("Observation", "subject", "Patient/resident-1").alternatives == whole
    assert only("Observation", "subject:Patient", "resident-1").alternatives == whole
    (bare,) = only("Observation", "subject", "resident-1").alternatives
    assert isinstance(bare, Text)
    assert "Patient/resident-1" in bare.values


@pytest.mark.parametrize("prefix", ["", *Comparison])
def test_date_prefixes(prefix: str) -> None:
    expected = Dated(Comparison(prefix or "eq"), interval("2026-11-24"))
    assert only("Observation", "date", f"{prefix}2026-11-24").alternatives == (expected,)


def test_a_plus_that_arrived_as_a_blank() -> None:
    blank = only("Observation", "date", "ge2026-11-24T09:30:00 08:00")
    assert blank == only("Observation", "date", "ge2026-11-24T09:30:00+08:00")


def test_order_and_page() -> None:
    query = parse("Observation", [("_sort", "-date,_id"), ("_count", "7"), ("_offset", "14")])
    assert query.order == (Order("date", True), Order("_id", False))
    assert (query.count, query.offset) == (7, 14)
    assert parse("Observation", [("_count", "99999")]).count == MAX_COUNT


def test_unknown_parameters_are_named_not_used() -> None:
    query = parse("Task", [("colour", "red"), ("status", ""), ("_format", "json"), ("priority", "stat")])
    assert query.applied == (("priority", "stat"),)
    assert [issue.expression for issue in query.ignored] == ["colour", "status"]
    with pytest.raises(FhirError) as caught:
        parse("Task", [("colour", "red")], strict=True)
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("date", "yesterday"),
        ("date", "ap2026"),
        ("date", "ge"),
        ("date:exact", "2026"),
        ("code:below", "1"),
        ("subject:Basic", "1"),
        ("code", ","),
        ("code:missing", "perhaps"),
        ("_id:not", "1"),
        ("_lastUpdated", "soon"),
        ("_count", "-1"),
        ("_count", "many"),
        ("_count", "٣"),
        ("_sort", "colour"),
        ("_include", "Observation:code"),
        ("_revinclude", "Basic:subject"),
    ],
)
def test_a_known_parameter_that_makes_no_sense_is_refused(name: str, value: str) -> None:
    with pytest.raises(FhirError) as caught:
        parse("Observation", [(name, value)])
    assert caught.value.status == 400


def escaped(text: str) -> str:
    return "".join(f"\\{letter}" if letter in "\\,|$" else letter for letter in text)


@given(st.text(min_size=1), st.text(min_size=1))
def test_any_identifier_can_be_searched_for(system: str, value: str) -> None:
    assert token(f"{escaped(system)}|{escaped(value)}") == Token(system, value)


@given(st.lists(st.text(min_size=1), min_size=1))
def test_any_texts_can_be_alternatives(texts: list[str]) -> None:
    assert [unescape(part) for part in split(",".join(map(escaped, texts)), ",")] == texts


@given(st.sampled_from(["Task", "Observation"]), st.lists(st.tuples(st.text(), st.text()), max_size=4))
def test_any_other_text_is_understood_or_refused(
    resource_type: str, parameters: list[tuple[str, str]]
) -> None:
    try:
        query = parse(resource_type, parameters)
    except FhirError as error:
        assert error.status == 400
    else:
        assert len(query.applied) + len(query.ignored) <= len(parameters)
