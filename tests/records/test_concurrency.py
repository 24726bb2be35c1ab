"""Deliveries at the same moment: one resource for one identifier, no lost update, no deadlock."""

import asyncio
from typing import Any

import pytest

from assistant.records import FhirError, FhirStore, Written
from assistant.storage import Database
from tests.records.conftest import Ticking, bundle, entry, identified, patient, task

AT_ONCE = 20


@pytest.fixture
def store(database: Database) -> FhirStore:
    """Ids are random here: a repeated one would hide a second resource."""
    return FhirStore(database, now=Ticking())


async def test_conditional_creates_of_one_identifier_make_one_resource(store: FhirStore) -> None:
    results = await asyncio.gather(
        *(
            store.create(
                task(identifier=identified("c1"), description=f"delivery {number}"),
                if_none_exist=(("identifier", "urn:calls|c1"),),
            )
            for number in range(AT_ONCE)
        )
    )
    assert sorted(result.status for result in results) == [200] * (AT_ONCE - 1) + [201]
    assert len({result.stored.id for result in results}) == 1
    assert (await store.search("Task")).total == 1


async def test_transactions_with_the_same_identifiers_in_any_order_store_each_once(store: FhirStore) -> None:
    names = [f"item-{number}" for number in range(5)]

    def delivery(number: int) -> dict[str, Any]:
        turned = names[number % 5 :] + names[: number % 5]
        return bundle(
            *(
                entry(task(identifier=identified(name)), ifNoneExist=f"identifier=urn:calls|{name}")
                for name in turned
            )
        )

    answers = await asyncio.gather(*(store.process(delivery(number)) for number in range(AT_ONCE)))
    statuses = [item["response"]["status"] for answer in answers for item in answer["entry"]]
    assert statuses.count("201 Created") == 5
    assert (await store.search("Task")).total == 5


async def test_a_plain_create_and_a_conditional_one_do_not_slip_past_each_other(store: FhirStore) -> None:
    resource = task(identifier=identified("c1"))
    condition = (("identifier", "urn:calls|c1"),)
    plain, conditional = await asyncio.gather(
        store.create(resource), store.create(resource, if_none_exist=condition)
    )
    total = (await store.search("Task")).total
    assert (conditional.status, total) in ((201, 2), (200, 1))
    if total == 1:
        assert conditional.stored.id == plain.stored.id


async def test_of_updates_that_read_the_same_version_one_wins(store: FhirStore) -> None:
    await store.update(patient(), "resident-1")

    async def change(number: int) -> Written | FhirError:
        changed = patient(address=[{"text": f"{number}栋"}])
        try:
            return await store.update(changed, "resident-1", if_match='W/"1"')
        except FhirError as error:
            return error

    results = await asyncio.gather(*(change(number) for number in range(AT_ONCE)))
    refused = [result for result in results if isinstance(result, FhirError)]
    assert [error.status for error in refused] == [412] * (AT_ONCE - 1)
    assert (await store.read("Patient", "resident-1")).version == 2


async def test_updates_without_a_condition_make_one_version_each(store: FhirStore) -> None:
    await asyncio.gather(
        *(store.update(patient(address=[{"text": f"{number}栋"}]), "resident-1") for number in range(AT_ONCE))
    )
    history = await store.history("Patient", "resident-1")
    assert [one.version for one in history] == list(range(AT_ONCE, 0, -1))
    assert len({one.content["address"][0]["text"] for one in history}) == AT_ONCE
