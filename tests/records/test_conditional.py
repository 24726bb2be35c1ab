"""The same thing delivered twice is stored once."""

import pytest

from assistant.records import FhirError, FhirStore
from tests.records.conftest import identified, patient, task

CONDITION = (("identifier", "urn:calls|c1/review"),)
REVIEW = task(identifier=identified("c1/review"))


async def test_none_there_creates_and_one_there_is_the_answer(store: FhirStore) -> None:
    first = await store.create(REVIEW, if_none_exist=CONDITION)
    again = await store.create(
        task(identifier=identified("c1/review"), priority="stat"), if_none_exist=CONDITION
    )
    assert (first.status, again.status, again.changed) == (201, 200, False)
    assert again.stored == first.stored or again.stored.content == first.stored.content
    assert (await store.search("Task")).total == 1


async def test_several_there_is_refused(store: FhirStore) -> None:
    await store.create(REVIEW)
    await store.create(REVIEW)
    with pytest.raises(FhirError) as caught:
        await store.create(REVIEW, if_none_exist=CONDITION)
    assert (caught.value.status, caught.value.issues[0].code) == (412, "multiple-matches")
    assert (await store.search("Task")).total == 2


@pytest.mark.parametrize(
    "condition", [(("identifer", "urn:calls|c1"),), (("_count", "1"),), (("identifier", ""),)]
)
async def test_a_condition_that_cannot_be_used_is_never_widened(
    store: FhirStore, condition: tuple[tuple[str, str], ...]
) -> None:
    with pytest.raises(FhirError) as caught:
        await store.create(REVIEW, if_none_exist=condition)
    assert caught.value.status == 412
    assert (await store.search("Task")).total == 0


async def test_the_same_identifier_of_another_type_is_another_thing(store: FhirStore) -> None:
    await store.create(patient(identifier=identified("c1/review")))
    assert (await store.create(REVIEW, if_none_exist=CONDITION)).status == 201


async def test_a_conditional_update_creates_then_updates(store: FhirStore) -> None:
    first = await store.update(REVIEW, condition=CONDITION)
    again = await store.update(task(identifier=identified("c1/review"), priority="stat"), condition=CONDITION)
    assert (first.status, again.status) == (201, 200)
    assert (again.stored.id, again.stored.version) == (first.stored.id, 2)


async def test_a_conditional_update_keeps_a_chosen_id(store: FhirStore) -> None:
    assert (await store.update({**REVIEW, "id": "chosen"}, condition=CONDITION)).stored.id == "chosen"
    with pytest.raises(FhirError) as caught:
        await store.update({**REVIEW, "id": "another"}, condition=CONDITION)
    assert (caught.value.status, caught.value.issues[0].expression) == (400, "Task.id")


async def test_a_conditional_update_takes_over_no_other_resource(store: FhirStore) -> None:
    await store.update(task(id="taken"), "taken")
    with pytest.raises(FhirError) as caught:
        await store.update({**REVIEW, "id": "taken"}, condition=CONDITION)
    assert caught.value.status == 409


async def test_a_conditional_update_of_several_is_refused(store: FhirStore) -> None:
    await store.create(REVIEW)
    await store.create(REVIEW)
    with pytest.raises(FhirError) as caught:
        await store.update(REVIEW, condition=CONDITION)
    assert caught.value.status == 412
