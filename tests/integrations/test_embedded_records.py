"""The embedded record service behind its port: what is on file of a resident, and what comes of a bundle."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from assistant.conversations.ports import DeliveryRejected
from assistant.dialogue.slots import Speaker
from assistant.records import FhirStore
from assistant.records.seeds import seed
from assistant.records.vital_signs import CATEGORY
from assistant.storage import Database
from integrations.record.embedded import EmbeddedRecords

TODAY = date(2026, 3, 2)


@pytest.fixture
async def store(sqlite_url: str) -> AsyncIterator[FhirStore]:
    """The eight seeded residents."""
    database = Database(sqlite_url)
    store = FhirStore(database)
    await seed(store, today=TODAY, centre_name="中心", centre_phone="010-1")
    yield store
    await database.dispose()


@pytest.fixture
def records(store: FhirStore) -> EmbeddedRecords:
    return EmbeddedRecords(store)


async def test_what_a_call_needs_to_know(records: EmbeddedRecords) -> None:
    resident = await records.resident("resident-1")
    assert resident is not None
    assert (resident.name, resident.sex, resident.birth_date) == ("王秀英", "F", "1959-03-12")
    assert (resident.id_last4, resident.doctor_name, resident.practitioner_id) == (
        "0021",
        "张敏",
        "practitioner-1",
    )
    on_file = resident.on_file
    assert on_file.conditions == ("高血压",) and on_file.medications == ("苯磺酸氨氯地平片 5mg",)
    assert (on_file.height_cm, on_file.weight_kg, on_file.smokes) == (158, 62, False)
    visit = on_file.last_visit
    assert visit is not None and visit.blood_pressure is not None
    assert (visit.date, visit.classification) == ("2025-12-01", "控制满意")
    assert (visit.blood_pressure.systolic, visit.blood_pressure.diastolic) == (138, 86)
    assert [(one.name, one.relation, one.may_answer) for one in resident.relatives] == [
        ("陈丽", Speaker.CHILD, True)
    ]


async def test_a_relative_without_consent_may_not_answer(records: EmbeddedRecords) -> None:
    resident = await records.resident("resident-2")
    assert resident is not None
    assert [(one.relation, one.may_answer) for one in resident.relatives] == [(Speaker.SPOUSE, False)]
    assert resident.on_file.smokes is True


async def test_pregnancy_is_known(records: EmbeddedRecords) -> None:
    pregnant, other = await records.resident("resident-4"), await records.resident("resident-3")
    assert pregnant is not None and pregnant.pregnant is True
    assert other is not None and not other.pregnant


@pytest.mark.parametrize("resident_id", ["resident-99", "", "a/b", "王", "x" * 65, "a\x00b"])
async def test_somebody_who_is_not_on_file(records: EmbeddedRecords, resident_id: str) -> None:
    assert await records.resident(resident_id) is None


async def test_drafts_of_an_unsigned_visit_are_not_on_file(
    records: EmbeddedRecords, store: FhirStore
) -> None:
    draft = {
        "resourceType": "Observation",
        "status": "preliminary",
        "category": [{"coding": [{"system": CATEGORY, "code": "vital-signs"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
        "subject": {"reference": "Patient/resident-1"},
        "effectiveDateTime": "2026-03-01",
        "valueQuantity": {"value": 90, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"},
    }
    await store.create(draft)
    resident = await records.resident("resident-1")
    assert resident is not None and resident.on_file.weight_kg == 62
    await store.create({**draft, "status": "final"})
    resident = await records.resident("resident-1")
    assert resident is not None and resident.on_file.weight_kg == 90


def _bundle(status: str) -> dict[str, Any]:
    task = {
        "resourceType": "Task",
        "identifier": [{"system": "urn:test", "value": "1"}],
        "status": status,
        "intent": "order",
        "for": {"reference": "Patient/resident-1"},
    }
    request = {"method": "POST", "url": "Task", "ifNoneExist": "identifier=urn:test|1"}
    return {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [{"resource": task, "request": request}],
    }


async def test_a_bundle_delivered_twice_is_filed_once(records: EmbeddedRecords, store: FhirStore) -> None:
    first = await records.deliver(_bundle("requested"))
    second = await records.deliver(_bundle("requested"))
    locations = [answer["entry"][0]["response"]["location"] for answer in (first, second)]  # type: ignore[index,call-overload]
    assert locations[0] == locations[1]
    page = await store.search("Task", [("identifier", "urn:test|1")])
    assert len(page.found) == 1


async def test_a_bundle_that_can_never_be_filed_is_rejected(records: EmbeddedRecords) -> None:
    with pytest.raises(DeliveryRejected, match="HTTP 4"):
        await records.deliver(_bundle("someday"))
