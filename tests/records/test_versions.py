"""Every version is kept, and nobody overwrites what he has not seen."""

import pytest

from assistant.records import FhirError, FhirStore
from tests.records.conftest import Trail, patient


async def test_a_created_resource_gets_id_version_and_time(store: FhirStore) -> None:
    written = await store.create(patient("ignored"))
    assert written.status == 201
    assert written.stored.content == {
        "resourceType": "Patient",
        "id": "id-1",
        "meta": {"versionId": "1", "lastUpdated": "2026-11-24T01:00:00.000Z"},
        "name": [{"text": "王秀英"}],
    }
    assert (await store.read("Patient", "id-1")).content == written.stored.content


async def test_what_the_client_says_in_meta_is_kept_except_the_version(store: FhirStore) -> None:
    meta = {"versionId": "77", "lastUpdated": "1999-01-01T00:00:00Z", "source": "urn:call:1"}
    written = await store.create(patient(meta=meta))
    assert written.stored.content["meta"] == {
        "versionId": "1",
        "lastUpdated": "2026-11-24T01:00:00.000Z",
        "source": "urn:call:1",
    }


async def test_a_client_may_choose_the_id(store: FhirStore) -> None:
    assert (await store.update(patient(), "resident-1")).status == 201
    assert (await store.update(patient(gender="female"), "resident-1")).status == 200
    stored = await store.read("Patient", "resident-1")
    assert (stored.version, stored.etag, stored.content["gender"]) == (2, 'W/"2"', "female")


async def test_earlier_versions_stay(store: FhirStore) -> None:
    await store.update(patient(), "resident-1")
    await store.update(patient(gender="female"), "resident-1")
    assert "gender" not in (await store.read_version("Patient", "resident-1", 1)).content
    history = await store.history("Patient", "resident-1")
    assert [(one.version, one.method, one.content.get("gender")) for one in history] == [
        (2, "PUT", "female"),
        (1, "PUT", None),
    ]


async def test_an_update_that_changes_nothing_makes_no_version(store: FhirStore, trail: Trail) -> None:
    first = await store.update(patient(), "resident-1")
    again = await store.update(first.stored.content, "resident-1")
    assert (again.status, again.stored.version, again.changed) == (200, 1, False)
    assert trail == [("create", "Patient/resident-1", "resident-1")]


@pytest.mark.parametrize("if_match", ['W/"1"', '"1"', "1", "*"])
async def test_an_update_of_what_was_read(store: FhirStore, if_match: str) -> None:
    await store.update(patient(), "resident-1")
    written = await store.update(patient(gender="female"), "resident-1", if_match=if_match)
    assert written.stored.version == 2


@pytest.mark.parametrize(
    ("if_match", "exists"), [('W/"1"', True), ('W/"9"', True), ('W/"1"', False), ("*", False)]
)
async def test_an_update_of_something_else_is_refused(store: FhirStore, if_match: str, exists: bool) -> None:
    if exists:
        await store.update(patient(), "resident-1")
        await store.update(patient(gender="female"), "resident-1")
    with pytest.raises(FhirError) as caught:
        await store.update(patient(gender="other"), "resident-1", if_match=if_match)
    assert (caught.value.status, caught.value.issues[0].code) == (412, "conflict")
    if exists:
        assert (await store.read("Patient", "resident-1")).content["gender"] == "female"


async def test_only_create_where_it_must_be_new(store: FhirStore) -> None:
    await store.update(patient(), "resident-1", if_none_match="*")
    with pytest.raises(FhirError) as caught:
        await store.update(patient(gender="female"), "resident-1", if_none_match="*")
    assert caught.value.status == 412


async def test_the_id_must_be_that_of_the_url(store: FhirStore) -> None:
    without_id = patient()
    del without_id["id"]
    for resource in (patient("resident-2"), without_id):
        with pytest.raises(FhirError) as caught:
            await store.update(resource, "resident-1")
        assert (caught.value.status, caught.value.issues[0].expression) == (400, "Patient.id")


async def test_what_is_not_there(store: FhirStore) -> None:
    await store.update(patient(), "resident-1")
    for reading in (
        store.read("Patient", "resident-2"),
        store.read_version("Patient", "resident-1", 2),
        store.history("Patient", "resident-2"),
        store.read("Basic", "1"),
    ):
        with pytest.raises(FhirError) as caught:
            await reading
        assert caught.value.status == 404


async def test_organizations_do_not_see_each_other(store: FhirStore) -> None:
    await store.update(patient(), "resident-1")
    with pytest.raises(FhirError) as caught:
        await store.read("Patient", "resident-1", organization_id="other")
    assert caught.value.status == 404
    assert (await store.search("Patient", organization_id="other")).total == 0


async def test_accesses_are_audited_with_the_resident(store: FhirStore, trail: Trail) -> None:
    await store.update(patient(), "resident-1")
    observed = {
        "resourceType": "Observation",
        "status": "preliminary",
        "code": {"text": "备注"},
        "subject": {"reference": "Patient/resident-1"},
    }
    made = await store.create(observed)
    await store.read("Observation", made.stored.id)
    await store.history("Patient", "resident-1")
    await store.search("Observation", [("patient", "resident-1")])
    await store.search("Task")
    assert trail == [
        ("create", "Patient/resident-1", "resident-1"),
        ("create", "Observation/id-1", "resident-1"),
        ("read", "Observation/id-1", "resident-1"),
        ("history", "Patient/resident-1", "resident-1"),
        ("search", "Observation", "resident-1"),
        ("search", "Task", None),
    ]
