"""The seeded residents: valid FHIR, due for a follow-up, nobody's real data, and never set back."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

import pytest

from assistant.records import FhirStore, keep_centre, validate
from assistant.records.dates import interval
from assistant.records.seeds import resources, seed
from assistant.records.seeds.elements import IDENTITY_NUMBER
from tests.records.conftest import Trail

TODAY = date(2026, 11, 24)
CENTRE = {"centre_name": "幸福里社区卫生服务中心", "centre_phone": "0551-00001234"}
SEEDED = resources(TODAY)


def of_type(resource_type: str) -> list[dict[str, Any]]:
    return [resource for resource in SEEDED if resource["resourceType"] == resource_type]


@pytest.mark.parametrize("resource", SEEDED, ids=lambda one: f"{one['resourceType']}/{one['id']}")
def test_every_seeded_resource_is_valid(resource: dict[str, Any]) -> None:
    validate(resource)


def test_an_independent_validator_finds_nothing(
    fhir_problems: Callable[[Iterable[dict[str, Any]]], list[str]],
) -> None:
    assert fhir_problems(SEEDED) == []


def test_the_independent_validator_would_find_something(
    fhir_problems: Callable[[Iterable[dict[str, Any]]], list[str]],
) -> None:
    wrong = {"resourceType": "Observation", "id": "o", "status": "nope", "code": {"text": "x"}, "colour": 1}
    assert len(fhir_problems([wrong])) == 2


def test_eight_residents_of_all_ages() -> None:
    patients = of_type("Patient")
    assert [patient["id"] for patient in patients] == [f"resident-{number}" for number in range(1, 9)]
    ages = [(TODAY - date.fromisoformat(patient["birthDate"])).days // 365.2425 for patient in patients]
    assert (min(ages), max(ages)) == (42, 83)
    wang = patients[0]
    assert (wang["name"][0]["text"], wang["birthDate"], wang["gender"]) == ("王秀英", "1959-03-12", "female")


def test_identity_numbers_look_real_and_are_not() -> None:
    """Eighteen characters with the date of birth and the sex, and a wrong check digit (GB 11643)."""
    weights = [2 ** (17 - position) % 11 for position in range(17)]
    for patient in of_type("Patient"):
        (identifier,) = patient["identifier"]
        number = identifier["value"]
        assert identifier["system"] == IDENTITY_NUMBER
        assert (len(number), number[6:14]) == (18, patient["birthDate"].replace("-", ""))
        assert int(number[16]) % 2 == (patient["gender"] == "male")
        right = "10X98765432"[
            sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False)) % 11
        ]
        assert number[17] != right


def test_everybody_has_a_doctor_a_condition_a_medicine_and_a_last_visit() -> None:
    for patient in of_type("Patient"):
        own = {"reference": f"Patient/{patient['id']}"}
        kinds = {resource["resourceType"] for resource in SEEDED if resource.get("subject") == own}
        expected = {"Condition", "MedicationStatement", "Observation", "Encounter", "QuestionnaireResponse"}
        assert expected <= kinds
        assert patient["generalPractitioner"]


def test_the_last_visit_was_about_three_months_ago() -> None:
    for visit in of_type("Encounter"):
        day = interval(visit["period"]["start"]).start.date()
        assert timedelta(days=80) < TODAY - day < timedelta(days=100)


async def test_seeding_again_changes_nothing(store: FhirStore) -> None:
    assert await seed(store, today=TODAY, **CENTRE) == len(SEEDED)
    assert await seed(store, today=TODAY + timedelta(days=30), **CENTRE) == 0
    assert {stored.version for stored in (await store.search("Observation")).found} == {1}


async def test_a_chart_that_was_worked_in_is_not_set_back(store: FhirStore) -> None:
    await seed(store, today=TODAY, **CENTRE)
    chart = (await store.read("Patient", "resident-1")).content
    await store.update({**chart, "telecom": [{"system": "phone", "value": "15400000999"}]}, "resident-1")
    await seed(store, today=TODAY, **CENTRE)
    assert (await store.read("Patient", "resident-1")).version == 2


async def test_what_a_call_reads_is_found(store: FhirStore, trail: Trail) -> None:
    await seed(store, today=TODAY, **CENTRE)
    own = ("patient", "resident-1")
    newest = [own, ("code", "http://loinc.org|85354-9"), ("_sort", "-date"), ("_count", "1")]
    (pressure,) = (await store.search("Observation", newest)).found
    assert [half["valueQuantity"]["value"] for half in pressure.content["component"]] == [138, 86]
    (medicine,) = (await store.search("MedicationStatement", [own, ("status", "active")])).found
    assert "氨氯地平" in medicine.content["medicationCodeableConcept"]["text"]
    (form,) = (await store.search("QuestionnaireResponse", [own, ("_sort", "-authored")])).found
    assert form.content["item"][-1]["answer"][0]["valueCoding"]["display"] == "控制满意"
    (relative,) = (await store.search("RelatedPerson", [own])).found
    (consent,) = (await store.search("Consent", [own, ("category", "relative-may-answer")])).found
    actor = consent.content["provision"]["actor"][0]["reference"]["reference"]
    assert actor == str(relative.target)


async def test_the_centre_follows_the_settings(store: FhirStore) -> None:
    await keep_centre(store, "幸福里社区卫生服务中心", "0551-00001234")
    kept = (await store.read("Organization", "default")).content
    await store.update({**kept, "alias": ["幸福里"]}, "default")
    for _ in range(2):
        await keep_centre(store, "幸福里社区卫生服务中心", "0551-00005678")
    stored = await store.read("Organization", "default")
    assert (stored.version, stored.content["alias"]) == (3, ["幸福里"])
    assert [point["value"] for point in stored.content["telecom"]] == ["0551-00005678"]
    await keep_centre(store, "幸福里社区卫生服务中心", "")
    assert "telecom" not in (await store.read("Organization", "default")).content
