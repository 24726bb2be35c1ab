"""What a resource can be found by."""

from typing import Any, get_args

import pytest

from assistant.records.indexing import index, residents_of
from assistant.records.search_parameters import STORED_TYPES, Kind, parameters_of
from assistant.records.validation import model_of
from tests.records.conftest import table


@pytest.mark.parametrize(
    "case", table("indexed_resources.yml"), ids=lambda case: case["resource"]["resourceType"]
)
def test_entries(case: dict[str, Any]) -> None:
    entries = index(case["resource"])
    found: dict[str, list[str]] = {}
    for entry in entries:
        if entry.starts_at is not None and entry.ends_at is not None:
            shown = f"{entry.starts_at:%Y-%m-%dT%H:%M} {entry.ends_at:%Y-%m-%dT%H:%M}"
        else:
            shown = entry.value or "" if entry.system is None else f"{entry.system}|{entry.value}"
        found.setdefault(entry.parameter, []).append(shown)
    assert found == {name: [str(value) for value in values] for name, values in case["entries"].items()}
    assert len(entries) == len(set(entries)), "no row twice"
    assert residents_of(case["resource"]) == case.get("residents", [])


@pytest.mark.parametrize("resource_type", STORED_TYPES)
def test_paths_are_elements_of_the_type(resource_type: str) -> None:
    """A path that does not exist would find nothing, and nobody would notice."""
    for parameter in parameters_of(resource_type).values():
        for path in parameter.paths:
            model: Any = model_of(resource_type)
            for step in path.split("."):
                fields = {field.alias or name: field for name, field in model.model_fields.items()}
                assert step in fields, f"{resource_type}.{path} ({parameter.name})"
                model = element_model(fields[step].annotation)


def element_model(annotation: Any) -> Any:
    """The model of an element's type, inside `Optional[List[…]]`; None for a primitive."""
    if hasattr(annotation, "get_model_klass"):
        return annotation.get_model_klass()
    return next(filter(None, map(element_model, get_args(annotation))), None)


def test_every_clinical_type_is_found_by_patient() -> None:
    of_nobody = {
        "Location",
        "Organization",
        "Patient",
        "Practitioner",
        "PractitionerRole",
        "Questionnaire",
        "Schedule",
        "Slot",
    }
    without = {name for name in STORED_TYPES if "patient" not in parameters_of(name)}
    assert without == of_nobody


def test_kinds_are_those_of_the_standard() -> None:
    observation = parameters_of("Observation")
    assert {name: observation[name].kind for name in ("code", "date", "subject", "based-on")} == {
        "code": Kind.TOKEN,
        "date": Kind.DATE,
        "subject": Kind.REFERENCE,
        "based-on": Kind.REFERENCE,
    }
