"""What may be stored, and what is said of what may not."""

import copy
from typing import Any

import pytest

from assistant.records import FhirError, validate
from assistant.records.documents import parse
from tests.records.conftest import table

CASES = table("invalid_resources.yml")


@pytest.mark.parametrize("case", CASES["valid"], ids=lambda case: case["name"])
def test_valid(case: dict[str, Any]) -> None:
    before = copy.deepcopy(case["resource"])
    validate(case["resource"])
    assert case["resource"] == before


@pytest.mark.parametrize("case", CASES["invalid"], ids=lambda case: case["name"])
def test_invalid(case: dict[str, Any]) -> None:
    resource = CASES["base"][case["base"]] | case["change"] if "base" in case else case["resource"]
    for element in case.get("without", ()):
        resource = {key: value for key, value in resource.items() if key != element}
    with pytest.raises(FhirError) as caught:
        validate(resource)
    issues = {(issue.code, issue.expression) for issue in caught.value.issues}
    assert (caught.value.status, issues) == (case.get("status", 422), {tuple(one) for one in case["issues"]})
    assert all(issue.diagnostics for issue in caught.value.issues)


@pytest.mark.parametrize("name", sorted(CASES["base"]))
def test_the_resources_that_the_cases_change_are_valid(name: str) -> None:
    validate(CASES["base"][name])


def test_another_type_than_expected() -> None:
    with pytest.raises(FhirError) as caught:
        validate({"resourceType": "Patient"}, "Task")
    assert caught.value.status == 400


def test_no_more_issues_than_a_person_reads() -> None:
    telecom = [{"system": "pigeon"} for _ in range(200)]
    with pytest.raises(FhirError) as caught:
        validate({"resourceType": "Patient", "telecom": telecom})
    assert len(caught.value.issues) == 30


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b'{"a": NaN}', "NaN is not JSON"),
        (b"[]", "must be a JSON object"),
        (b"\xff", "not UTF-8"),
        (b'{"id": "1", "id": "2"}', "'id' stands twice"),
        (b'{"a":' * 100_000, "nested deeper"),
    ],
)
def test_bodies_that_are_no_resource(body: bytes, says: str) -> None:
    with pytest.raises(FhirError, match=says) as caught:
        parse(body)
    assert caught.value.status == 400


@pytest.mark.parametrize("text", [r'"\ud800"', r'"a\u0000b"', "1e999"])
def test_what_no_database_holds(text: str) -> None:
    resource = parse(f'{{"resourceType": "Patient", "id": {text}}}'.encode())
    with pytest.raises(FhirError) as caught:
        validate(resource)
    assert [issue.expression for issue in caught.value.issues] == ["Patient.id"]
