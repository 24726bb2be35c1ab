"""A Bundle is stored whole, with its entries pointing at each other, or not at all."""

from typing import Any

import pytest
from sqlalchemy import func, select

from assistant.records import FhirError, FhirStore
from assistant.storage import Database, fhir_index, fhir_resources, fhir_versions
from tests.records.conftest import Trail, bundle, entry, identified, patient, table, task

XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
NOTE = {"resourceType": "Communication", "status": "completed"}


def note(**elements: Any) -> dict[str, Any]:
    return {**NOTE, **elements}


async def stored_rows(database: Database) -> list[int]:
    async with database.read() as connection:
        return [
            int((await connection.execute(select(func.count()).select_from(rows))).scalar_one())
            for rows in (fhir_resources, fhir_versions, fhir_index)
        ]


async def test_temporary_references_become_real_ones_everywhere(store: FhirStore) -> None:
    await store.update(patient(), "resident-1")
    answer = await store.process(
        bundle(
            entry(
                task(
                    focus={"reference": "urn:uuid:note"},
                    contained=[{**NOTE, "id": "inner", "partOf": [{"reference": "urn:uuid:note"}]}],
                    basedOn=[{"reference": "#inner"}],
                    identifier=identified("urn:uuid:note", "urn:ietf:rfc:3986"),
                    description="urn:uuid:note",
                    input=[{"type": {"text": "录音"}, "valueUrl": "urn:uuid:note"}],
                    text={"status": "generated", "div": f'<div {XHTML}><a href="urn:uuid:note">音</a></div>'},
                ),
                full_url="urn:uuid:task",
            ),
            entry(note(subject={"reference": "Patient/resident-1"}), full_url="urn:uuid:note"),
        ),
        representation=True,
    )
    made, communication = (item["resource"] for item in answer["entry"])
    name = f"Communication/{communication['id']}"
    assert made["focus"] == {"reference": name}
    assert made["contained"][0]["partOf"] == [{"reference": name}]
    assert made["basedOn"] == [{"reference": "#inner"}]
    assert made["input"][0]["valueUrl"] == name
    assert f'href="{name}"' in made["text"]["div"]
    assert made["identifier"][0]["value"] == "urn:uuid:note"
    assert made["description"] == "urn:uuid:note"
    assert (await store.search("Task", [("focus", name)])).total == 1


async def test_the_answer_has_the_order_of_the_request(store: FhirStore) -> None:
    answer = await store.process(
        bundle(
            entry(None, "GET", "Patient?name=王"),
            entry(patient(), "PUT", "Patient/resident-1"),
            entry(task(**{"for": {"reference": "Patient/resident-1"}})),
            entry(None, "GET", "Patient/resident-1"),
        )
    )
    assert answer["type"] == "transaction-response"
    found, put, post, read = answer["entry"]
    assert found["resource"]["total"] == 1, "reads come after writes"
    assert put["response"] == {
        "status": "201 Created",
        "location": "Patient/resident-1/_history/1",
        "etag": 'W/"1"',
        "lastModified": "2026-11-24T01:00:00.000Z",
    }
    assert post["response"]["location"] == "Task/id-1/_history/1"
    assert read["resource"]["id"] == "resident-1"
    assert read["response"]["etag"] == 'W/"1"'


async def test_delivered_twice_it_is_stored_once(store: FhirStore, database: Database, trail: Trail) -> None:
    delivery = bundle(
        entry(
            note(identifier=identified("c1/note")),
            full_url="urn:uuid:note",
            ifNoneExist="identifier=urn:calls|c1/note",
        ),
        entry(
            task(identifier=identified("c1/task"), focus={"reference": "urn:uuid:note"}),
            ifNoneExist="identifier=urn%3Acalls%7Cc1%2Ftask",
        ),
    )
    first = await store.process(delivery)
    rows = await stored_rows(database)
    again = await store.process(delivery)
    assert [item["response"]["status"] for item in first["entry"]] == ["201 Created"] * 2
    assert [item["response"]["status"] for item in again["entry"]] == ["200 OK"] * 2
    locations = [[item["response"]["location"] for item in answer["entry"]] for answer in (first, again)]
    assert locations[0] == locations[1]
    assert await stored_rows(database) == rows
    assert len(trail) == 2


async def test_new_entries_point_at_what_was_there_before(store: FhirStore) -> None:
    there = await store.create(note(identifier=identified("c1/note")))
    answer = await store.process(
        bundle(
            entry(note(), full_url="urn:uuid:note", ifNoneExist="identifier=urn:calls|c1/note"),
            entry(task(focus={"reference": "urn:uuid:note"})),
        ),
        representation=True,
    )
    assert answer["entry"][1]["resource"]["focus"]["reference"] == f"Communication/{there.stored.id}"


async def test_a_conditional_reference_finds_the_one_that_matches(store: FhirStore) -> None:
    await store.update(patient(identifier=identified("340104")), "resident-1")
    made = await store.create(note(subject={"reference": "Patient?identifier=urn:calls|340104"}))
    assert made.stored.content["subject"] == {"reference": "Patient/resident-1"}


async def test_relative_references_mean_entries_with_the_same_base(store: FhirStore) -> None:
    await store.update(note(id="1"), "1")
    answer = await store.process(
        bundle(
            entry(note(status="in-progress"), full_url="http://device/fhir/Communication/1"),
            entry(task(focus={"reference": "Communication/1"}), full_url="http://device/fhir/Task/1"),
            entry(task(focus={"reference": "Communication/1"}), full_url="urn:uuid:other"),
        ),
        representation=True,
    )
    new, inside, outside = (item["resource"] for item in answer["entry"])
    assert inside["focus"]["reference"] == f"Communication/{new['id']}"
    assert outside["focus"]["reference"] == "Communication/1"


@pytest.mark.parametrize("case", table("refused_transactions.yml"), ids=lambda case: case["name"])
async def test_a_refused_transaction_leaves_nothing(
    store: FhirStore, database: Database, trail: Trail, case: dict[str, Any]
) -> None:
    await store.update(patient(identifier=identified("340104")), "resident-1")
    await store.process(bundle(*(entry(note(identifier=identified("twice"))) for _ in range(2))))
    before, audited = await stored_rows(database), list(trail)
    delivery = {"resourceType": "Bundle", "type": "transaction", "entry": case["entry"]} | case.get(
        "bundle", {}
    )
    with pytest.raises(FhirError) as caught:
        await store.process(delivery)
    issues = [(issue.code, issue.expression) for issue in caught.value.issues]
    assert (caught.value.status, issues) == (case["status"], [tuple(issue) for issue in case["issues"]])
    assert await stored_rows(database) == before
    assert trail == audited


async def test_an_unexpected_fault_half_way_leaves_nothing(
    store: FhirStore, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.records import resource_rows

    written = resource_rows.write
    calls: list[Any] = []

    async def failing(*arguments: Any) -> Any:
        calls.append(arguments)
        if len(calls) == 2:
            raise OSError("the disk is full")
        return await written(*arguments)

    monkeypatch.setattr(resource_rows, "write", failing)
    with pytest.raises(OSError, match="disk is full"):
        await store.process(bundle(entry(task()), entry(task())))
    assert await stored_rows(database) == [0, 0, 0]


async def test_a_batch_does_what_it_can(store: FhirStore, trail: Trail) -> None:
    answer = await store.process(
        bundle(
            entry(patient(), "PUT", "Patient/resident-1"),
            entry(task(status="nope")),
            entry(None, "GET", "Patient/nobody"),
            entry(None, "GET", "Patient/resident-1"),
            entry(None, "DELETE", "Patient/resident-1"),
            entry(None, "GET", "Patient/resident-1/_history"),
            entry(None, "GET", "Patient/resident-1/_history/1"),
            entry(task(focus={"reference": "urn:uuid:x"}), full_url="urn:uuid:y"),
            kind="batch",
        )
    )
    assert answer["type"] == "batch-response"
    statuses = [item["response"]["status"].split()[0] for item in answer["entry"]]
    assert statuses == ["201", "422", "404", "200", "405", "200", "200", "422"]
    wrong = answer["entry"][1]["response"]["outcome"]["issue"][0]
    assert (wrong["code"], wrong["expression"]) == ("code-invalid", ["Bundle.entry[1].resource.status"])
    assert answer["entry"][5]["resource"]["type"] == "history"
    assert [action for action, _, _ in trail] == ["create", "read", "history", "read"]


async def test_an_empty_transaction_is_fine(store: FhirStore) -> None:
    empty = {"resourceType": "Bundle", "type": "transaction"}
    assert await store.process(empty) == {"resourceType": "Bundle", "type": "transaction-response"}
